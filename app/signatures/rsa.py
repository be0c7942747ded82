"""Senders that sign with a private key of their own; the configuration holds the public one."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from app.errors import Cause, VerificationError
from app.signatures import pem
from app.signatures.keys import unbase64
from app.webhook import Webhook


@dataclass(frozen=True)
class RsaSignature:
    """RSA-SHA256 (PKCS#1 v1.5) over the body, base64, in one of ``headers``; the secret is the PEM public key."""

    headers: tuple[str, ...]
    signs_body: ClassVar[bool] = True

    @property
    def summary(self) -> str:
        names = " or ".join(f"`{name}`" for name in self.headers)
        return f"RSA-SHA256 of the body, base64, in {names}; the secret is the sender's public key (PEM)"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        given = [value for name in self.headers if (value := (webhook.header(name) or "").strip())]
        if not given:
            raise VerificationError(Cause.HEADER_MISSING, f"no {' or '.join(self.headers)}")
        signatures = [data for text in given if (data := _decoded(text))]
        if not signatures:
            raise VerificationError(Cause.HEADER_MALFORMED, f"{self.headers[0]} holds no base64")
        if not any(_made_by(secret, signature, webhook.body) for secret in secrets for signature in signatures):
            raise VerificationError(Cause.WRONG_SECRET)

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 -- see ed25519
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        signature = pem.private_key(secret).sign(webhook.body, PKCS1v15(), SHA256())
        return replace(webhook, headers={**webhook.headers, self.headers[0].lower(): b64encode(signature).decode()})

    def check_secret(self, secret: str) -> str | None:
        return pem.mistake(secret)


def _decoded(text: str) -> bytes:
    """Empty if it is no base64."""
    try:
        return unbase64(text)
    except ValueError:
        return b""


def _made_by(secret: str, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    key = pem.public_key(secret)
    if key is None:
        return False
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True

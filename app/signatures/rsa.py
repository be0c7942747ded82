"""Senders that sign with a private key of their own; the configuration holds the public one."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from app.errors import Cause, VerificationError, WebhookError
from app.signatures import pem
from app.signatures.keys import unbase64
from app.webhook import Webhook, key


@dataclass(frozen=True)
class RsaSignature:
    """RSA-SHA256 (PKCS#1 v1.5) over the body, base64, in one of ``headers``; the secret is the PEM public key.

    ``recipient`` is for senders that sign every customer's webhooks with the same key: the member of the
    body that names the customer. Its value stands in front of the key in the secret, and must be the same.
    """

    headers: tuple[str, ...]
    recipient: str | None = None
    signs_body: ClassVar[bool] = True

    @property
    def summary(self) -> str:
        names = " or ".join(f"`{name}`" for name in self.headers)
        front = f" after the `{self.recipient}` that the body names" if self.recipient else ""
        return f"RSA-SHA256 of the body, base64, in {names}; the secret is the sender's public key (PEM){front}"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        given = [value for name in self.headers if (value := (webhook.header(name) or "").strip())]
        if not given:
            raise VerificationError(Cause.HEADER_MISSING, f"no {' or '.join(self.headers)}")
        signatures = [data for text in given if (data := _decoded(text))]
        if not signatures:
            raise VerificationError(Cause.HEADER_MALFORMED, f"{self.headers[0]} holds no base64")
        live = [secret for secret in secrets if not self.check_secret(secret)]
        makers = [secret for secret in live if any(_made_by(secret, one, webhook.body) for one in signatures)]
        if not makers:
            raise VerificationError(Cause.WRONG_SECRET)
        if self.recipient and (self._addressee(webhook) or "") not in [pem.preface(secret) for secret in makers]:
            hint = f"genuine, but for somebody else: another {self.recipient} than the one in front of the key"
            raise VerificationError(Cause.OTHER_SOURCE, hint)

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 -- see ed25519
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        if self.recipient:
            webhook = self._addressed(webhook, pem.preface(secret))
        signature = pem.private_key(secret).sign(webhook.body, PKCS1v15(), SHA256())
        return replace(webhook, headers={**webhook.headers, self.headers[0].lower(): b64encode(signature).decode()})

    def check_secret(self, secret: str) -> str | None:
        problem = pem.mistake(secret)
        if self.recipient and not problem and not pem.preface(secret):
            return f"lacks the {self.recipient} in front of the key"
        return problem

    def _addressee(self, webhook: Webhook) -> str | None:
        try:
            payload = webhook.payload
        except WebhookError:
            return None
        return key(payload.get(self.recipient)) if isinstance(payload, dict) else None

    def _addressed(self, webhook: Webhook, recipient: str) -> Webhook:
        """A sample names an invented customer; the sender names the one of this source."""
        if self._addressee(webhook) in (None, recipient):
            return webhook
        return replace(webhook, body=json.dumps({**webhook.payload, self.recipient: recipient}).encode())


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

    public = pem.public_key(secret)
    if public is None:
        return False
    try:
        public.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True

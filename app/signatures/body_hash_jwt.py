"""Senders that send a small token beside the body: a JWT, signed with HS256, that holds the body's SHA-256."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from app.errors import Cause, VerificationError
from app.signatures.keys import mistake, octets, refuse_mistake
from app.webhook import Webhook

_HEADER = b'{"alg":"HS256","typ":"JWT"}'


@dataclass(frozen=True)
class BodyHashJwt:
    """The token in ``header``: claim ``sha256`` is the hexadecimal hash of the body, ``iss`` must be ``issuer``.

    Only HS256 is ever computed, so a token that names another algorithm (or "none") proves nothing.
    """

    header: str
    issuer: str
    signs_body: ClassVar[bool] = True

    @property
    def summary(self) -> str:
        return f"a JWT (HS256) in `{self.header}` that holds the SHA-256 of the body"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        token = (webhook.header(self.header) or "").strip()
        if not token:
            raise VerificationError(Cause.HEADER_MISSING, f"no {self.header}")
        signed, _, signature = token.rpartition(".")
        head, _, claims_part = signed.partition(".")
        claims = _object(claims_part)
        if _object(head).get("alg") != "HS256" or not claims or "." in claims_part:
            raise VerificationError(Cause.HEADER_MALFORMED, f"{self.header} is no JWT signed with HS256")
        given = octets(signature)
        live = [octets(secret) for secret in secrets if secret.strip()]
        if not any(hmac.compare_digest(given, _signature(key, octets(signed))) for key in live):
            raise VerificationError(Cause.WRONG_SECRET)
        if claims.get("iss") != self.issuer:
            raise VerificationError(Cause.HEADER_MALFORMED, f"the token in {self.header} is not from {self.issuer}")
        if not hmac.compare_digest(octets(str(claims.get("sha256")).lower()), octets(_digest(webhook))):
            raise VerificationError(Cause.BODY_ALTERED, "the token is right, but for another body")

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        refuse_mistake(self.check_secret(secret))
        claims = json.dumps({"iss": self.issuer, "sha256": _digest(webhook)}).encode()
        signed = _base64(_HEADER) + b"." + _base64(claims)
        token = signed + b"." + _signature(octets(secret), signed)
        return replace(webhook, headers={**webhook.headers, self.header.lower(): token.decode()})

    def check_secret(self, secret: str) -> str | None:
        return mistake(secret)


def _digest(webhook: Webhook) -> str:
    return sha256(webhook.body).hexdigest()


def _signature(key: bytes, signed: bytes) -> bytes:
    return _base64(hmac.digest(key, signed, "sha256"))


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _object(part: str) -> Mapping[str, Any]:
    """A part of a token; empty if it is none."""
    try:
        found = json.loads(urlsafe_b64decode(octets(part) + b"=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

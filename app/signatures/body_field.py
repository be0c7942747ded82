"""Senders that show a shared secret in a field of the body, beside what the body says."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote_plus, unquote_plus

from app.errors import Cause, UsageError, VerificationError, WebhookError
from app.signatures.keys import mistake, octets, refuse_mistake
from app.webhook import Webhook


@dataclass(frozen=True)
class BodyField:
    """The secret in the member ``field`` of a JSON object, or in the field of that name of a form."""

    field: str
    signs_body: ClassVar[bool] = False

    @property
    def summary(self) -> str:
        return f"the secret in `{self.field}` of the body"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        try:
            payload = webhook.payload
        except WebhookError:
            payload = None
        if not isinstance(payload, dict):
            raise VerificationError(Cause.HEADER_MALFORMED, f"the body is no object or form with {self.field} in it")
        given = payload.get(self.field)
        if not isinstance(given, str) or not given:
            raise VerificationError(Cause.HEADER_MISSING, f"no {self.field} in the body")
        live = [octets(secret) for secret in secrets if secret.strip()]
        matches = [hmac.compare_digest(octets(given), secret) for secret in live]
        if not any(matches):
            raise VerificationError(Cause.WRONG_SECRET)

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        refuse_mistake(self.check_secret(secret))
        bare = self.stripped(webhook)
        if _is_form(webhook):
            pair = f"{quote_plus(self.field)}={quote_plus(secret)}".encode()
            return replace(bare, body=bare.body + (b"&" if bare.body else b"") + pair)
        try:
            payload = bare.payload
        except WebhookError:
            payload = None
        if not isinstance(payload, dict):
            raise UsageError(f"nothing can be signed: {self.field} has its place in a JSON object or a form")
        return replace(bare, body=_json({**payload, self.field: secret}))

    def check_secret(self, secret: str) -> str | None:
        return mistake(secret)

    def stripped(self, webhook: Webhook) -> Webhook:
        """The webhook without the secret in its body, for what is kept; a body that cannot be read stays."""
        if _is_form(webhook):
            pairs = webhook.body.split(b"&")
            kept = [pair for pair in pairs if _name(pair) != self.field]
            return webhook if len(kept) == len(pairs) else replace(webhook, body=b"&".join(kept))
        try:
            payload = webhook.payload
            if not isinstance(payload, dict) or self.field not in payload:
                return webhook
            body = _json({name: value for name, value in payload.items() if name != self.field})
        except (WebhookError, ValueError):
            return webhook
        return replace(webhook, body=body, headers={**webhook.headers, "content-type": "application/json"})


def _is_form(webhook: Webhook) -> bool:
    media_type = webhook.content_type.partition(";")[0].strip().lower()
    return media_type == "application/x-www-form-urlencoded" and webhook.body.lstrip()[:1] not in (b"{", b"[")


def _name(pair: bytes) -> str:
    return unquote_plus(pair.partition(b"=")[0].decode("latin-1"))


def _json(payload: object) -> bytes:
    """ASCII only, so that no text that a payload may hold can fail; ValueError for a number beyond all."""
    return json.dumps(payload, allow_nan=False).encode()

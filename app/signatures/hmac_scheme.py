"""Senders that sign with a keyed hash in one header, however they write it down."""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime

from app.errors import Cause, UsageError, VerificationError
from app.signatures.clock import Unit, check_age, read_stamp, stamp
from app.signatures.keys import KeyForm, derive, mistake, octets, refuse_mistake
from app.signatures.notation import Algorithm, Encoding, encoded, joined, length, split, well_formed
from app.signatures.template import compiled, signed_headers
from app.webhook import Webhook


@dataclass(frozen=True)
class Hmac:
    """HMAC over ``signed`` (a template, see `app.signatures.template`), in ``header``.

    ``fields`` are the names of the timestamp and of the signatures in a header of several fields
    (``t=…,v1=…,v1=…``); with empty names (``("", "")``) the timestamp comes first, signatures follow.
    ``timestamp_last`` only says how this scheme writes such a header. ``tolerance`` is in seconds, both
    ways; None checks no clock. ``alternative_header`` is read where ``header`` did not come.
    Raises ValueError if a timestamp is needed and has no place.
    """

    header: str
    _: KW_ONLY
    signed: str = "{body}"
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    prefix_optional: bool = False
    key: KeyForm = "utf8"
    fields: tuple[str, str] | None = None
    separator: str = ","
    timestamp_last: bool = False
    timestamp_header: str | None = None
    timestamp_unit: Unit = "s"
    tolerance: int | None = None
    alternative_header: str | None = None

    def __post_init__(self) -> None:
        compiled(self.signed)
        if self._timed and not (self.fields or self.timestamp_header):
            raise ValueError(f"{self.header}: the timestamp needs a place (fields or timestamp_header)")

    @property
    def _timed(self) -> bool:
        return self.tolerance is not None or "{timestamp}" in self.signed

    @property
    def signs_body(self) -> bool:
        return "{body}" in self.signed

    @property
    def summary(self) -> str:
        signed = "the body" if self.signed == "{body}" else f"`{self.signed}`"
        where = f"`{self.header}`" + (f", time in `{self.timestamp_header}`" if self.timestamp_header else "")
        age = "" if self.tolerance is None else f", {self.tolerance} s tolerance"
        return f"HMAC-{self.algorithm.upper()} of {signed}, {self.encoding}, in {where}{age}"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
        timestamp, signatures = self._read(webhook)
        seconds = read_stamp(timestamp, self.timestamp_header or self.header, self.timestamp_unit) if self._timed else 0
        message = compiled(self.signed)(webhook, timestamp)
        received = [octets(signature) for signature in signatures]
        if self.encoding == "hex":
            received = [signature.lower() for signature in received]
        expected = [made for secret in secrets if (made := self._signature(message, secret))]
        if not any(hmac.compare_digest(a, b) for a in expected for b in received):
            raise self._refusal(signatures)
        if self.tolerance is not None:
            check_age(seconds, now, self.tolerance)

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:
        refuse_mistake(None if derive(self.key, secret) else self.check_secret(secret))
        timestamp = stamp(now, self.timestamp_unit)
        headers = {name: str(uuid.uuid4()) for name in signed_headers(self.signed)} | dict(webhook.headers)
        if self.timestamp_header:
            headers[self.timestamp_header.lower()] = timestamp
        try:
            message = compiled(self.signed)(replace(webhook, headers=headers), timestamp)
        except VerificationError as error:
            raise UsageError(f"nothing can be signed: {error.hint}") from None
        headers[self.header.lower()] = self._written(timestamp, self._signature(message, secret).decode())
        return replace(webhook, headers=headers)

    def check_secret(self, secret: str) -> str | None:
        return mistake(secret, self.key)

    def _signature(self, message: bytes, secret: str) -> bytes:
        """Empty if the secret holds no key."""
        key = derive(self.key, secret)
        return encoded(hmac.digest(key, message, self.algorithm), self.encoding) if key else b""

    def _written(self, timestamp: str, signature: str) -> str:
        signature = self.prefix + signature
        if self.fields is None:
            return signature
        return joined(timestamp, signature, self.fields, self.separator, last=self.timestamp_last)

    def _read(self, webhook: Webhook) -> tuple[str, list[str]]:
        """Return the timestamp ("" without one) and the signatures, each without its prefix."""
        other = self.alternative_header
        other = other if other and webhook.header(other) and not webhook.header(self.header) else None
        value = self._header(webhook, other or self.header)
        timestamp, signatures = split(value, self.fields, self.separator) if self.fields else ("", [value])
        if self.timestamp_header and self._timed:
            timestamp = self._header(webhook, self.timestamp_header)
        if not self.prefix_optional:
            signatures = [signature for signature in signatures if signature.startswith(self.prefix)]
        if not any(signatures):
            what = "holds no signature" if self.fields else f"does not begin with {self.prefix}"
            raise VerificationError(Cause.HEADER_MALFORMED, f"{self.header} {what}")
        return timestamp, [signature.removeprefix(self.prefix) for signature in signatures]

    def _header(self, webhook: Webhook, name: str) -> str:
        value = (webhook.header(name) or "").strip()
        if not value:
            raise VerificationError(Cause.HEADER_MISSING, f"no {name}")
        return value

    def _refusal(self, signatures: Sequence[str]) -> VerificationError:
        if any(well_formed(signature, self.algorithm, self.encoding) for signature in signatures):
            return VerificationError(Cause.WRONG_SECRET)
        if any("," in signature for signature in signatures):
            return VerificationError(Cause.HEADER_MALFORMED, f"{self.header} came twice")
        size = length(self.algorithm, self.encoding)
        hint = f"{self.header} holds no {self.algorithm} signature in {self.encoding} ({size} characters)"
        return VerificationError(Cause.HEADER_MALFORMED, hint)

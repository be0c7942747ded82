"""Standard Webhooks and Svix: an id, a timestamp and a list of versioned signatures in three headers.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
import re
import secrets as randomness
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from app.errors import Cause, VerificationError
from app.signatures import ed25519
from app.signatures.clock import check_age, read_stamp, stamp
from app.signatures.keys import KeyForm, derive, mistake, octets, refuse_mistake, wire
from app.webhook import Webhook

Family = Literal["webhook", "svix"]
_FEWEST_BYTES = 16

# Lists are joined by a space; by ", " at Supabase while a secret rotates, and where a header was repeated.
_ENTRY = re.compile(r"(?:^|(?<=[\s,]))(v1a?),([A-Za-z0-9+/=]+)(?=[\s,]|$)")


@dataclass(frozen=True)
class StandardWebhooks:
    """``v1`` (HMAC-SHA256) and ``v1a`` (ed25519) over ``{id}.{timestamp}.{body}``.

    Headers of both families are read; ``family`` is the one that this sender writes. ``key`` "whsec" reads
    base64 with or without ``whsec_``; "utf8" is for senders whose secret is used as it stands. Several
    secrets in one text are joined by ``|`` (Supabase). ``tolerance`` is in seconds, both ways.
    """

    family: Family = "webhook"
    key: KeyForm = "whsec"
    tolerance: int = 300
    separator: str = " "
    signs_body: ClassVar[bool] = True

    @property
    def summary(self) -> str:
        form = {"utf8": "secret as it stands", "hex": "hexadecimal secret"}.get(self.key, "`whsec_…` secret")
        signed = "HMAC-SHA256 of `{id}.{timestamp}.{body}`, base64"
        return f"Standard Webhooks: {signed}, in `{self.family}-signature`, {form}, {self.tolerance} s tolerance"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
        family = self._present(webhook)
        identity, timestamp, signature = (self._header(webhook, family, part) for part in _PARTS)
        if "." in identity:  # a dot would let parts of the signed text change places
            raise VerificationError(Cause.HEADER_MALFORMED, f"{family}-id holds a dot")
        seconds = read_stamp(timestamp, f"{family}-timestamp")
        entries = _ENTRY.findall(signature)
        if not entries:
            raise VerificationError(Cause.HEADER_MALFORMED, f"{family}-signature holds no v1 or v1a signature")
        message = wire(f"{identity}.{timestamp}.") + webhook.body
        if not any(self._made_by(secret, entries, message) for secret in self._each(secrets)):
            raise VerificationError(Cause.WRONG_SECRET)
        check_age(seconds, now, self.tolerance)

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:
        refuse_mistake(self._unable(secret))
        family = self._present(webhook) if self._families(webhook) else self.family
        timestamp = stamp(now)
        identity = webhook.header(f"{family}-id") or f"msg_{randomness.token_hex(14)}"
        message = wire(f"{identity}.{timestamp}.") + webhook.body
        signatures = self.separator.join(self._signature(one, message) for one in self._each([secret]))
        signed = dict(zip(_PARTS, (identity, timestamp, signatures), strict=True))
        return replace(webhook, headers={**webhook.headers, **{f"{family}-{k}": v for k, v in signed.items()}})

    def check_secret(self, secret: str) -> str | None:
        return self._malformed(secret) or next(filter(None, map(self._short, self._each([secret]))), None)

    def _malformed(self, secret: str) -> str | None:
        for one in self._each([secret]) or [""]:
            problem = ed25519.mistake(one) if ed25519.is_key(one) else mistake(one, self.key)
            if problem:
                return problem
        return None

    def _short(self, secret: str) -> str | None:
        """Nearly any word is base64 of a few bytes; a secret has 24 to 64 of them, and with some senders fewer."""
        if self.key != "whsec" or ed25519.is_key(secret) or len(derive(self.key, secret)) >= _FEWEST_BYTES:
            return None
        return f"is no whsec_… secret: as base64 it has fewer than {_FEWEST_BYTES} bytes (was all of it copied?)"

    def _unable(self, secret: str) -> str | None:
        if any(one.startswith(ed25519.PUBLIC) for one in self._each([secret])):
            return "is a public key"
        return self._malformed(secret)

    def _each(self, secrets: Sequence[str]) -> list[str]:
        if self.key != "whsec":
            return list(secrets)
        return [one for secret in secrets for one in secret.split("|") if one]

    def _made_by(self, secret: str, entries: Iterable[tuple[str, str]], message: bytes) -> bool:
        if ed25519.is_key(secret):  # never the key of an HMAC: a public key is public
            return ed25519.verifies(secret, [text for version, text in entries if version == "v1a"], message)
        key = derive(self.key, secret)
        if not key:
            return False
        expected = b64encode(hmac.digest(key, message, "sha256"))
        return any(hmac.compare_digest(expected, octets(text)) for version, text in entries if version == "v1")

    def _signature(self, secret: str, message: bytes) -> str:
        if ed25519.is_key(secret):
            return "v1a," + ed25519.sign(secret, message)
        return "v1," + b64encode(hmac.digest(derive(self.key, secret), message, "sha256")).decode()

    def _families(self, webhook: Webhook) -> list[Family]:
        """The families of which a header came, the more complete one first."""
        families: tuple[Family, Family] = ("webhook", "svix")
        counts = {f: sum(bool(webhook.header(f"{f}-{part}")) for part in _PARTS) for f in families}
        return sorted((f for f in families if counts[f]), key=lambda f: -counts[f])

    def _present(self, webhook: Webhook) -> Family:
        return (self._families(webhook) or [self.family])[0]

    def _header(self, webhook: Webhook, family: Family, part: str) -> str:
        value = (webhook.header(f"{family}-{part}") or "").strip()
        if not value:
            raise VerificationError(Cause.HEADER_MISSING, f"no {family}-{part}")
        return value


_PARTS = ("id", "timestamp", "signature")

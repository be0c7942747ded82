"""The neighbours of a scheme: the same secret shown or written down in another way."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product

from app.errors import Cause
from app.signatures.hmac_scheme import Hmac
from app.signatures.keys import KeyForm
from app.signatures.notation import Algorithm, Encoding
from app.signatures.scheme import Scheme
from app.signatures.shared import BasicAuth, Bearer, QueryToken, SharedSecret
from app.signatures.standard_webhooks import StandardWebhooks
from app.webhook import Webhook

Dialect = tuple[Cause, str, Scheme]

_ALGORITHMS: tuple[Algorithm, ...] = ("sha256", "sha1", "sha512", "md5")
_ENCODINGS: tuple[Encoding, ...] = ("hex", "base64")
_KEYS: tuple[KeyForm, ...] = ("utf8", "hex", "base64", "whsec")
_PREFIXES = ("sha256=", "sha1=", "sha512=", "md5=", "hmacsha256=", "hmac-sha256=", "v0=", "v1=", "v1,")
_TOKENS = (Bearer(), BasicAuth(), SharedSecret("Authorization"), SharedSecret("X-Api-Key"), QueryToken())
_KEY_HINT = "the sender takes its secret as {}, the source as {}: is it the right one of the sender's secrets?"


def dialects(scheme: Scheme, webhook: Webhook) -> Iterator[Dialect]:
    """Give what the cause would be, a hint, and the neighbouring scheme that would have to verify."""
    match scheme:
        case Hmac():
            yield from _hmac(scheme, webhook)
        case StandardWebhooks():
            for key in _KEYS:
                yield Cause.WRONG_SECRET, _KEY_HINT.format(key, scheme.key), replace(scheme, key=key)
        case _:
            for other in _TOKENS:
                hint = f"the secret is right, but the sender shows {other.summary}"
                yield Cause.HEADER_MALFORMED, hint, other


def _hmac(scheme: Hmac, webhook: Webhook) -> Iterator[Dialect]:
    """One change at a time first, so that the hint names the fewest."""
    prefix = scheme.prefix if scheme.fields else _prefix(scheme, webhook)
    signed = {scheme.signed: None, "{body}": None} | ({"{timestamp}.{body}": None} if scheme.timestamp_header else {})
    choices = product(signed, _KEYS, _ENCODINGS, _ALGORITHMS)
    neighbours = [
        replace(scheme, prefix=prefix, signed=signs, key=key, encoding=encoding, algorithm=algorithm)
        for signs, key, encoding, algorithm in choices
    ]
    for other in sorted(neighbours, key=lambda other: len(_differences(scheme, other))):
        differing = _differences(scheme, other)
        if differing == ["key"]:
            yield Cause.WRONG_SECRET, _KEY_HINT.format(other.key, scheme.key), other
        elif differing:
            settings = ", ".join(f'{name} = "{getattr(other, name)}"' for name in differing)
            yield Cause.HEADER_MALFORMED, f"the secret is right, but the sender signs with {settings}", other


def _differences(scheme: Hmac, other: Hmac) -> list[str]:
    return [f.name for f in fields(Hmac) if getattr(scheme, f.name) != getattr(other, f.name)]


def _prefix(scheme: Hmac, webhook: Webhook) -> str:
    """The prefix that came: the expected one, one that senders are known to use, or none."""
    value = (webhook.header(scheme.header) or "").strip()
    return next((p for p in (scheme.prefix, *_PREFIXES) if p and value.startswith(p)), "")

"""What a sender signs, written as a template: ``{timestamp}.{body}``, ``{method}{url}{body}{timestamp}`` …"""

import re
from collections.abc import Callable
from functools import lru_cache

from app.errors import Cause, VerificationError, WebhookError
from app.signatures.keys import octets, wire
from app.webhook import Webhook, key

Render = Callable[[Webhook, str], bytes]

_SLOT = re.compile(r"\{(body|timestamp|url|method|header:[A-Za-z0-9_-]+|payload:[A-Za-z0-9_]+)\}")


@lru_cache(maxsize=256)
def compiled(template: str) -> Render:
    """Return a function of the webhook and its timestamp (as received) that gives the signed bytes.

    Slots: ``{body}``, ``{timestamp}``, ``{url}`` (the public one), ``{method}``, ``{header:name}``,
    ``{payload:name}`` (a member of the JSON body). Raises ValueError for any other brace. The function
    raises `VerificationError` where the webhook lacks what is signed.
    """
    if template == "{body}":
        return lambda webhook, _: webhook.body
    parts = _SLOT.split(template)
    if re.search("[{}]", "".join(parts[::2])):
        raise ValueError(f"unknown slot in the signed template {template!r}")
    pieces = [_slot(part) if i % 2 else _literal(part) for i, part in enumerate(parts) if part]
    return lambda webhook, timestamp: b"".join([piece(webhook, timestamp) for piece in pieces])


def signed_headers(template: str) -> list[str]:
    """The headers that the template signs, in lower case."""
    return [slot.removeprefix("header:").lower() for slot in _SLOT.findall(template) if slot.startswith("header:")]


def _literal(text: str) -> Render:
    data = octets(text)
    return lambda _webhook, _timestamp: data


def _slot(name: str) -> Render:
    kind, _, argument = name.partition(":")
    match kind:
        case "body":
            return lambda webhook, _: webhook.body
        case "timestamp":
            return lambda _, timestamp: octets(timestamp)
        case "method":
            return lambda webhook, _: octets(webhook.method.upper())
        case "url":
            return lambda webhook, _: _url(webhook)
        case "header":
            return lambda webhook, _: _header(webhook, argument)
        case _:
            return lambda webhook, _: _member(webhook, argument)


def _url(webhook: Webhook) -> bytes:
    if not webhook.url:
        hint = "the sender signs the address, and the bridge does not know its own: set server.public_url"
        raise VerificationError(Cause.HEADER_MALFORMED, hint)
    return octets(webhook.url)


def _header(webhook: Webhook, name: str) -> bytes:
    value = webhook.header(name)
    if not value:
        raise VerificationError(Cause.HEADER_MISSING, f"no {name}, which is part of what is signed")
    return wire(value)


def _member(webhook: Webhook, name: str) -> bytes:
    try:
        payload = webhook.payload
    except WebhookError:
        payload = None
    value = key(payload.get(name)) if isinstance(payload, dict) else None
    if value is None:
        raise VerificationError(Cause.BODY_ALTERED, f"no {name} in the body, which is what is signed")
    return octets(value)

"""Where a sender puts a fact about its webhook: in a header, in the query, at a path of the payload."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from app.expressions import expression
from app.payload import Payload
from app.webhook import Webhook, digest, key

Reader = Callable[[Webhook], Any]


def header(*names: str) -> Reader:
    """The first of these headers that came."""
    lowered = [name.lower() for name in names]
    return lambda webhook: next((value for name in lowered if (value := webhook.headers.get(name))), None)


def query(name: str) -> Reader:
    return lambda webhook: webhook.query.get(name)


def path(text: str) -> Reader:
    """A JMESPath expression over the payload; None where the payload does not fit it."""
    find = lookup(text)
    if _is_plain(text):
        return lambda webhook: find(webhook.payload)
    return lambda webhook: find(webhook.outline)


def constant(value: Any) -> Reader:
    return lambda _: value


def equals(reader: Reader, value: Any) -> Reader:
    """Whether ``reader`` finds exactly ``value``."""
    return lambda webhook: bool(reader(webhook) == value)


def first(*readers: Reader) -> Reader:
    """The first that finds a usable key."""

    def read(webhook: Webhook) -> Any:
        return next((found for reader in readers if key(found := reader(webhook)) is not None), None)

    return read


def joined(*readers: Reader) -> Reader:
    """All of them with ``/`` between, or None unless every one finds something."""

    def read(webhook: Webhook) -> str | None:
        parts = [key(reader(webhook)) for reader in readers]
        return "/".join(part for part in parts if part) if all(parts) else None

    return read


def body_hash(webhook: Webhook) -> str:
    """For senders without an id of their own: the same bytes are the same event."""
    return digest(webhook.body)


def address(template: str, **places: str) -> Callable[[Payload], str | None]:
    """An address to fetch from: each ``{name}`` of the template is what its place of the payload says, escaped.

    None where one says nothing usable: what a payload says never leads to another host or another path.
    """
    finders = {name: lookup(text) for name, text in places.items()}

    def make(payload: Payload) -> str | None:
        parts = {name: key(find(payload)) for name, find in finders.items()}
        if any(part is None or set(part) == {"."} for part in parts.values()):
            return None
        return template.format(**{name: quote(str(part), safe="") for name, part in parts.items()})

    return make


def lookup(text: str) -> Callable[[Payload], Any]:
    """A finder for ``text``; plain dotted names are walked without the JMESPath interpreter (for the ack path)."""
    names = text.split(".")
    if not _is_plain(text):
        return expression(text).find

    def walk(payload: Payload) -> Any:
        for name in names:
            if not isinstance(payload, dict):
                return None
            payload = payload.get(name)
        return payload

    return walk


def _is_plain(text: str) -> bool:
    return all(name.isidentifier() for name in text.split("."))

"""The dry run of a bulk create: which channels would make a contact, which would change one, which none."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.sandbox.bodies import BulkChannelSchema
from app.sandbox.book import Book
from app.sandbox.listing import folded

_channel = BulkChannelSchema()


def dry_run(book: Book, channels: Sequence[Any]) -> dict[str, list[Any]]:
    """Sort ``channels`` as they came into ``created``, ``updated`` and ``invalid``; nothing is changed."""
    sorted_out: dict[str, list[Any]] = {"created": [], "updated": [], "invalid": []}
    seen: set[tuple[str, str]] = set()
    for channel in channels:
        sorted_out[_fate(book, channel, seen)].append(channel)
    return sorted_out


def _fate(book: Book, channel: Any, seen: set[tuple[str, str]]) -> str:
    if not isinstance(channel, Mapping) or _channel.validate(channel):
        return "invalid"
    known = book.knows(channel)
    if not known and (channel.get("contact_id") or not (channel.get("email") or channel.get("phone"))):
        return "invalid"
    identities = {("email", folded(channel.get("email"))), ("user_id", channel.get("user_id", ""))}
    identities = {(name, value) for name, value in identities if value}
    known = known or bool(identities & seen)
    seen |= identities
    return "updated" if known else "created"

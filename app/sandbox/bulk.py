"""The bulk create and its dry run: which channels make a contact, which change one, which none."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.sandbox.book import Book
from app.sandbox.faults import Fault, FaultKind
from app.sandbox.listing import folded
from app.sandbox.records import RefusedError
from app.sandbox.settings import Bulk, Duplicates, Settings

_TYPES = ("email", "phone")
_PARTS = ("user_id", "name", "email", "phone", "contact_id")  # marshmallow would take most of a bulk call's time

Rows = dict[str, list[Any]]


def dry_run(book: Book, channels: Sequence[Any]) -> Rows:
    """Sort ``channels`` as they came into ``created``, ``updated`` and ``invalid``; nothing is changed."""
    rows = _no_rows()
    seen: set[tuple[str, str]] = set()
    for channel in channels:
        rows[_fate(book, channel, seen)].append(channel)
    return rows


def create_many(
    book: Book, channels: Sequence[Any], segment_id: str | None, settings: Settings, fault: Fault | None = None
) -> Rows:
    """Carry out what `dry_run` tells; a known person is met again as `Duplicates` says. Rows are contacts,
    or channels as `Bulk` has it; ``invalid`` ones always are, with a ``message``."""
    rows, kind = _no_rows(), fault.kind if fault else None
    last = len(channels) // 2 if kind is FaultKind.HALF else len(channels)
    for place, channel in enumerate(channels[:last]):
        refused = kind is FaultKind.REFUSED_ROWS and place % 2 == 1
        fate, row = ("invalid", _told(channel, "refused")) if refused else _made(book, channel, segment_id, settings)
        if not (kind is FaultKind.LOST_ROWS and place % 2 == 1):
            rows[fate].append(channel if settings.bulk is Bulk.CHANNELS and fate != "invalid" else row)
    return rows


def _no_rows() -> Rows:
    return {"created": [], "updated": [], "invalid": []}


def _made(book: Book, channel: Any, segment_id: str | None, settings: Settings) -> tuple[str, Any]:
    if not _well_formed(channel):
        return "invalid", _told(channel, "not a channel")
    known = book.knows(channel) and (settings.duplicates is not Duplicates.SECOND or channel.get("contact_id"))
    left_out = ("type", "phone") if settings.bulk is Bulk.WITHOUT_PHONES else ("type",)
    said = {name: value for name, value in channel.items() if name not in left_out}
    try:
        made = book.create(said, [segment_id] if segment_id else [])
    except RefusedError as error:
        return "invalid", _told(channel, error.message)
    return "updated" if known else "created", made


def _told(channel: Any, message: str) -> dict[str, Any]:
    return {**channel, "message": message} if isinstance(channel, Mapping) else {"message": message}


def _well_formed(channel: Any) -> bool:
    if not isinstance(channel, Mapping) or channel.get("type") not in _TYPES:
        return False
    return all(name == "type" or (name in _PARTS and isinstance(value, str)) for name, value in channel.items())


def _fate(book: Book, channel: Any, seen: set[tuple[str, str]]) -> str:
    if not _well_formed(channel):
        return "invalid"
    known = book.knows(channel)
    if not known and (channel.get("contact_id") or not (channel.get("email") or channel.get("phone"))):
        return "invalid"
    identities = {("email", folded(channel.get("email"))), ("user_id", channel.get("user_id", ""))}
    identities = {(name, value) for name, value in identities if value}
    known = known or bool(identities & seen)
    seen |= identities
    return "updated" if known else "created"

"""How values are shown: times, statuses, payloads."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.store.seal import NOT_CONFIGURED, Unreadable
from app.web.console.desk import console
from app.webhook import EventStatus, moment

_FOLDED_LINES, _SHOWN_CHARACTERS = 40, 100_000
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


@console.app_template_filter("clock")
def clock(value: datetime | str | None) -> str:
    """Return a time to the second, in UTC."""
    at = moment(value) if isinstance(value, str) else value
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else ""


@console.app_template_filter("span")
def span(seconds: float) -> str:
    """Return how long that is, in the largest unit that fits."""
    for size, unit in _UNITS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "a moment"


@console.app_template_filter("ago")
def ago(at: datetime, now: datetime) -> str:
    return f"{span((now - at).total_seconds())} ago" if at <= now else clock(at)


@console.app_template_filter("number")
def number(value: int) -> str:
    """Return a count with its thousands apart."""
    return f"{value:,}"


@console.app_template_filter("events")
def events(count: int) -> str:
    return f"{count:,} event{'' if count == 1 else 's'}"


@console.app_template_filter("words")
def words(value: Any) -> str:
    """Return a part of a contact in words."""
    if isinstance(value, Unreadable):
        return NOT_CONFIGURED
    if isinstance(value, dict):
        return " since ".join(str(part) for part in value.values() if part)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@console.app_template_filter("pretty")
def pretty(value: Any) -> str:
    """Return plain data, or JSON in bytes or text, with a line for each thing; what is no JSON as it is.

    Control characters are shown as JSON writes them, so that nothing hides.
    """
    if isinstance(value, bytes | str) and not isinstance(value, Unreadable):
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return _visible(text)
    try:
        return _visible(_begun(json.JSONEncoder(indent=2, ensure_ascii=False, default=str).iterencode(value)))
    except RecursionError:
        return _visible(str(value)[:_SHOWN_CHARACTERS])


def _begun(pieces: Iterable[str]) -> str:
    """Return as much of a text as is shown, and a little more: the rest need not be made."""
    found, length = [], 0
    for piece in pieces:
        found.append(piece)
        length += len(piece)
        if length > _SHOWN_CHARACTERS:
            break
    return "".join(found)


def _visible(text: str) -> str:
    shown = "".join(c if c.isprintable() or c in "\n\t" else json.dumps(c)[1:-1] for c in text[:_SHOWN_CHARACTERS])
    return shown if len(text) <= _SHOWN_CHARACTERS else f"{shown}\n… {_SHOWN_CHARACTERS:,} characters are shown."


@console.app_template_test("large")
def large(text: str) -> bool:
    """Whether a text is folded until somebody wants it."""
    return text.count("\n") > _FOLDED_LINES or len(text) > 4_000


@console.app_template_filter("contact_name")
def contact_name(row: dict[str, Any]) -> str:
    """Return who an event is about, shortly."""
    contact = row["contact"]
    if not contact or isinstance(contact, Unreadable):
        return ""
    return str(contact.get("email") or contact.get("phone") or contact.get("user_id") or contact.get("name") or "")


STATUSES = tuple(status.value for status in EventStatus)

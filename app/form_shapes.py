"""The shapes in which form builders write the same answers: maps of labels, names and phones in parts, JSON as text."""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from app.errors import WebhookError
from app.form_field import FormField
from app.outline import outline
from app.payload import Payload, decode
from app.words import plain, speaks_of

_FIRST, _LAST = {"first", "first name", "given", "given name"}, {"last", "last name", "family", "family name"}
_WHOLE, _BESIDE = {"first and last", "full name"}, {"prefix", "middle", "middle initial", "middle name", "suffix"}
_LONGEST_PART = 40  # characters: what is longer names no part of a name
_PHONE = {"country", "area", "phone", "full"}  # a country code, an area code, a number, or all in one


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; whatever else is there is left out."""
    return [member for member in value if isinstance(member, dict)] if isinstance(value, list) else []


def table(value: Any) -> dict[str, Any]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def texts(row: Mapping[str, Any], *names: str) -> list[str]:
    """The members of a row as text, "" for what is missing or no text."""
    return [str(row.get(name)) if isinstance(row.get(name), str | int) else "" for name in names]


def unpacked(value: Any) -> Payload:
    """JSON that came as text inside a payload, as far as it is searched; None if it is none."""
    if not isinstance(value, str):
        return None
    try:
        return outline(decode(value.encode("utf-8", "surrogatepass"), "application/json"))
    except WebhookError:
        return None


def labelled(payload: Payload, but: Container[str] = (), hidden: str | None = None) -> Iterator[FormField]:
    """The answers in a map of label and value. Left out: the names in ``but``, and those that begin with ``hidden``."""
    for name, value in table(payload).items():
        if name not in but and not (hidden and str(name).startswith(hidden)):
            yield from answered(str(name), value)


def answered(key: str, value: Any, label: str = "", kind: str = "") -> Iterator[FormField]:
    """One answer. A name, a phone number or an address that comes in parts becomes a field per part, or one again."""
    if not isinstance(value, dict):
        yield FormField(key, label, kind, value)
    elif value and all(str(part).isdecimal() for part in value):  # PHP writes a list like this
        yield FormField(key, label, kind, list(value.values()))
    elif value.keys() <= _PHONE and value.keys() & {"phone", "full"}:
        yield FormField(key, label, "phone", _phone(value))
    else:
        kinds = {part: part_of_name(str(part)) for part in value}
        parts = {
            part: inner for part, inner in value.items() if _said(str(part)) not in _BESIDE or not any(kinds.values())
        }
        person = not any(speaks_of("not a person", plain(text)) for text in (label, key) if text)
        for part, inner in parts.items():
            # the label stays with each part: "Company: first" is nobody's given name
            named = (f"{key}.{part}", f"{label} {part}" if label else "")
            yield FormField(*named, kinds[part] if person else "", inner)


def part_of_name(label: str) -> str:
    """The type that says which part of a name a label asks for, or ""."""
    said = _said(label)
    if said in _WHOLE:
        return "fullname"
    return "firstname" if said in _FIRST else "lastname" if said in _LAST else ""


def _said(part: str) -> str:
    return plain(part) if len(part) <= _LONGEST_PART else ""


def _phone(value: Mapping[str, Any]) -> str:
    parts = [str(value[name]).strip() for name in ("country", "area", "phone", "full") if value.get(name)]
    if value.get("country") and parts[0].isdecimal():
        parts[0] = f"+{parts[0]}"
    return " ".join(parts)

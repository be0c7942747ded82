"""What came out before and what would come out now, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

_PERSON = ("name", "email", "phone", "user_id")


@dataclass(frozen=True)
class Difference:
    """One field; None where it was, or would be, absent."""

    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that differ; lists are compared without their order."""
    named = dict.fromkeys((*after, *before))
    pairs = [(name, before.get(name), after.get(name)) for name in named]
    return [Difference(*pair) for pair in pairs if _compared(pair[1]) != _compared(pair[2])]


def _compared(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(map(str, value)) or None
    return value or None if isinstance(value, str) else value


def fields_sent(exchanges: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a delivery's requests tell the contacts API, together, as fields of one contact."""
    fields: dict[str, Any] = {}
    segments: list[str] = []
    for exchange in exchanges:
        body = exchange.get("body") or {}
        if exchange["method"] == "PATCH":
            fields |= body
        elif exchange["method"] == "POST" and "/segments/" in exchange["path"]:
            segments.append(unquote(exchange["path"].rpartition("/")[2]))
        elif exchange["method"] == "POST":
            fields |= {name: value for name, value in body.get("channel", {}).items() if name in _PERSON}
            segments += body.get("segment_ids", [])
    return {**fields, "segment_ids": segments} if segments else fields


def makes_contact(exchanges: Iterable[Mapping[str, Any]]) -> bool:
    """True if one of the requests creates a contact: then it says all there is, and what it leaves out is absent."""
    bodies = (exchange.get("body") or {} for exchange in exchanges if exchange["method"] == "POST")
    return any("channel" in body and "contact_id" not in body["channel"] for body in bodies)

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
    for exchange in filter(writes, exchanges):
        if exchange["method"] == "PATCH":
            fields |= exchange.get("body") or {}
        elif "/segments/" in exchange["path"]:
            segments.append(unquote(exchange["path"].rpartition("/")[2]))
        else:
            channel, joined = _channel(exchange)
            fields |= {name: value for name, value in channel.items() if name in _PERSON}
            segments += joined
    return {**fields, "segment_ids": segments} if segments else fields


def makes_contact(exchanges: Iterable[Mapping[str, Any]]) -> bool:
    """True if one of the requests creates a contact: then it says all there is, and what it leaves out is absent."""
    channels = (_channel(exchange)[0] for exchange in filter(writes, exchanges) if exchange["method"] == "POST")
    return any(channel and "contact_id" not in channel for channel in channels)


def writes(exchange: Mapping[str, Any]) -> bool:
    """Whether a request is more than a question: a look-up, or the dry run of a bulk create."""
    return exchange["method"] != "GET" and not exchange["path"].endswith("/dry")


def _channel(exchange: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """What a create says of its person, and the segments to join; of a bulk create this person's part is kept."""
    body = exchange.get("body") or {}
    if channels := body.get("channels"):
        return channels[0], [body["segment_id"]] if body.get("segment_id") else []
    return body.get("channel", {}), body.get("segment_ids", [])

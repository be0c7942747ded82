"""Recognising a person in what was kept: their e-mail address, phone number or user id, however it is written."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import phonenumbers

from app.errors import WebhookError
from app.webhook import Event

_SHORTEST_ID = 8  # shorter user ids are found in everybody's payloads: as a quantity, a price, a year
_PHONE_LIKE = re.compile(r"\+?[\d\s()./-]{7,24}")
_NO_DIGIT = re.compile(r"\D+")

Identity = tuple[str, str]  # kind, value


class Traces:
    """What one person's identities look like: as values in a payload, and somewhere in a conversation."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        found = {"user_id": set[str](), "email": set[str](), "phone": set[str]()}
        for kind, value in identities:
            found[kind].add(value.casefold())
        self._ids = {part for value in found["user_id"] for part in _id_and_bare(value)}
        self._numbers = {spelling for value in found["phone"] for spelling in _spellings(value)}
        inside = sorted(re.escape(text) for text in found["email"] | found["phone"])
        self._inside = re.compile(rf"(?<![\w.+-])(?:{'|'.join(inside)})(?![\w-]|\.\w)") if inside else None
        self._needles = self._ids | found["email"] | {value.lstrip("+") for value in found["phone"]}

    def named_in(self, event: Event) -> bool:
        """Whether a payload names the person; one that cannot be read is looked through as text."""
        try:
            return self.among(event.payload)
        except (WebhookError, RecursionError):
            return self.mentioned_in(event.body.decode("utf-8", "replace"))

    def among(self, data: Any) -> bool:
        """Whether one of the values in plain data names the person."""
        return any(map(self._is_named, _leaves(data)))

    def _is_named(self, leaf: Any) -> bool:
        text = str(leaf).strip().casefold()
        if text in self._ids or (self._inside and self._inside.search(text)):
            return True
        return bool(self._numbers and _PHONE_LIKE.fullmatch(text) and _digits(text) in self._numbers)

    def mentioned_in(self, document: Any) -> bool:
        """Whether plain data or text says an identity anywhere, be it inside a longer word."""
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        text = text.casefold()
        return any(needle in text for needle in self._needles)


def _leaves(payload: Any) -> Iterator[Any]:
    """Every value in a payload, and every key: some senders name people there."""
    if isinstance(payload, dict):
        for key, value in payload.items():
            yield key
            yield from _leaves(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from _leaves(value)
    elif payload is not None and not isinstance(payload, bool):
        yield payload


def _id_and_bare(value: str) -> list[str]:
    """A user id as the bridge has it, and as its sender does: ``shopify:706405506`` and ``706405506``."""
    return [part for part in (value, value.partition(":")[2]) if len(part) >= _SHORTEST_ID]


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text).lstrip("0")  # 0049… and a trunk zero alike


def _spellings(phone: str) -> set[str]:
    """The digits of an E.164 number with its country code and without."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return {_digits(phone)}
    return {_digits(phone), str(number.national_number)}

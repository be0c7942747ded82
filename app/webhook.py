"""What comes in: a webhook, not trusted yet, and the events it carries once it is."""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from app.outline import outline
from app.payload import Payload, decode

_LONGEST_KEY = 255
_MACHINE_MADE = re.compile(r"[A-Za-z0-9_.:/=-]+")
_PHONE = re.compile(r"[\d().-]{7,15}")
_NAME = re.compile(r"[A-Za-z_.:/=-]*[A-Za-z]{3}\d{0,4}")  # words alone, or with a year at their end; lead-17 is none


@dataclass(frozen=True)
class Webhook:
    """One request as it arrived. Header names are lower case; ``body`` is the raw bytes; ``url`` is the public one."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    url: str = ""

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @cached_property
    def payload(self) -> Payload:
        """The decoded body. Raises `PayloadError` or `UnsupportedMediaError`."""
        return decode(self.body, self.content_type)

    @cached_property
    def outline(self) -> Payload:
        """The payload as far as providers search it. Raises as ``payload`` does."""
        return outline(self.payload)


class EventStatus(StrEnum):
    RECEIVED = "received"
    PENDING = "pending"
    DELIVERED = "delivered"
    IGNORED = "ignored"
    FAILED = "failed"


@dataclass(frozen=True)
class Event:
    """One verified occurrence. ``(source, event_id)`` is the idempotency key; ``body`` is what the sender sent.

    ``test`` marks traffic that a sender makes to try the endpoint. ``fetched`` is what the sender's API
    answered about a thin event, which names its person by number only; it is ``payload["fetched"]``.
    """

    source: str
    event_id: str
    event_type: str
    occurred_at: datetime
    body: bytes
    content_type: str = "application/json"
    test: bool = False
    fetched: bytes | None = None

    @cached_property
    def payload(self) -> Payload:
        payload = decode(self.body, self.content_type)
        if self.fetched is None or not isinstance(payload, dict):
            return payload
        return {**payload, "fetched": decode(self.fetched, "application/json")}

    @cached_property
    def outline(self) -> Payload:
        """The payload as far as providers search it; a source's own expressions see all. Raises as ``payload`` does."""
        return outline(self.payload)


@dataclass(frozen=True)
class Reply:
    """An answer that a sender's handshake asks for."""

    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


def key(value: Any) -> str | None:
    """Return ``value`` as a key that any database keeps, or None if it is none.

    Text and numbers are kept as they are; what is too long or holds characters that a
    database refuses (NUL, lone surrogates) is replaced by its hash.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):  # 1e400 and 1e500 are not the same id
        return None
    text = str(value).strip()
    if not text:
        return None
    if len(text) > _LONGEST_KEY or not text.isprintable():
        return digest(text.encode("utf-8", "surrogatepass"))
    return text


def discreet(event_id: str) -> str:
    """Return an event id as it may be kept and logged: hashed, unless it looks like something that a machine made.

    What a source's own ``event_id`` finds is whatever its user chose: an e-mail address, a phone number, a
    name too. Hashed, it still tells a duplicate, and nobody has to be found in it who is to be erased.
    """
    return hashed(event_id) if _NAME.fullmatch(event_id) else loggable(event_id)


def loggable(text: str) -> str:
    """Return an event's id or type as a log may hold it: words that an event is called by are let pass, too.

    Ids are kept as they may be logged; a type is whatever its sender, or its user's expression, says.
    """
    made = _MACHINE_MADE.fullmatch(text) and not _PHONE.fullmatch(text)
    return text if made else hashed(text)


def hashed(text: str) -> str:
    """Return the stable id that stands for a text."""
    return digest(text.encode("utf-8", "surrogatepass"))


def digest(data: bytes) -> str:
    """A stable id for bytes that have none of their own."""
    return "sha256:" + hashlib.sha256(data).hexdigest()[:32]


def moment(value: Any) -> datetime | None:
    """Read a sender's time: ISO 8601, or seconds or milliseconds since 1970. None if it is no time."""
    if isinstance(value, str):
        value = value.strip()
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return moment(float(value)) if value.replace(".", "", 1).isdecimal() and len(value) < 18 else None
        try:
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        except OverflowError:
            return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return None

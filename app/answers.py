"""What the contacts API answers, and what each answer means."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.errors import (
    ConflictError,
    DownError,
    KeyRefusedError,
    PermanentError,
    RateLimitedError,
    TemporaryError,
    UnknownOutcomeError,
    UpstreamError,
)

_EXISTS = re.compile(r"already (exist|taken|in use|registered)|duplicate|must be unique", re.IGNORECASE)


class _Tolerant(Schema):
    class Meta:
        unknown = EXCLUDE  # the API may grow


class _ChannelSchema(_Tolerant):
    user_id = fields.Raw(allow_none=True, load_default=None)
    email = fields.Raw(allow_none=True, load_default=None)
    phone = fields.Raw(allow_none=True, load_default=None)


class _SegmentSchema(_Tolerant):
    id = fields.Raw(required=True)


class ContactAnswerSchema(_Tolerant):
    """A contact as the API answers with it. Only the id is insisted on; fields that are new are let pass."""

    id = fields.String(required=True, validate=bool)
    name = fields.Raw(allow_none=True, load_default=None)
    unsubscribed = fields.Boolean(allow_none=True, load_default=False)
    unsubscribed_at = fields.AwareDateTime(default_timezone=UTC, allow_none=True, load_default=None)
    created_at = fields.AwareDateTime(default_timezone=UTC, allow_none=True, load_default=None)
    channels = fields.List(fields.Nested(_ChannelSchema), allow_none=True, load_default=list)
    segments = fields.List(fields.Nested(_SegmentSchema), allow_none=True, load_default=list)


@dataclass(frozen=True)
class RemoteContact:
    """A contact as the upstream has it; ``identities`` are (kind, value), e-mail in lower case."""

    id: str
    name: str | None = None
    unsubscribed: bool = False
    unsubscribed_at: datetime | None = None
    created_at: datetime | None = None
    identities: frozenset[tuple[str, str]] = frozenset()
    segment_ids: tuple[str, ...] = ()


_contact_schema = ContactAnswerSchema()


def one_contact(answer: Any) -> RemoteContact:
    """Read one contact. Raises `UnknownOutcomeError` for anything else: who knows what was done."""
    try:
        found = _contact_schema.load(answer)
    except ValidationError:
        raise UnknownOutcomeError("the upstream answered with something that is not a contact") from None
    return RemoteContact(
        id=found["id"],
        name=found["name"] if isinstance(found["name"], str) else None,
        unsubscribed=bool(found["unsubscribed"]),
        unsubscribed_at=found["unsubscribed_at"],
        created_at=found["created_at"],
        identities=frozenset(_identities(found["channels"] or [])),
        segment_ids=tuple(str(segment["id"]) for segment in found["segments"] or []),
    )


def contacts_in(answer: Any) -> list[RemoteContact]:
    """Read a list of contacts, plain or in an envelope. Raises `TemporaryError`: an unreadable list proves nothing."""
    if isinstance(answer, dict):
        answer = next((value for value in answer.values() if isinstance(value, list)), answer)
    if not isinstance(answer, list):
        raise TemporaryError("the upstream's list of contacts cannot be read")
    try:
        return [one_contact(contact) for contact in answer]
    except UnknownOutcomeError:
        raise TemporaryError("the upstream's list of contacts cannot be read") from None


def _identities(channels: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    pairs = ((kind, channel[kind]) for channel in channels for kind in ("user_id", "email", "phone"))
    return [(kind, value.lower() if kind == "email" else value) for kind, value in pairs if isinstance(value, str)]


def judge(status: int, headers: Mapping[str, str], text: str, *, repeatable: bool, now: datetime) -> Any:
    """Return the JSON of a good answer; raise the `UpstreamError` that a bad one means."""
    if 200 <= status < 300:
        return None if repeatable and not text.strip() else _json(text, repeatable=repeatable)
    raise _refusal(status, text, retry_after(headers.get("Retry-After"), now), repeatable=repeatable)


def _json(text: str, *, repeatable: bool) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        message = "the upstream answered with something that is not JSON"
        raise (TemporaryError(message) if repeatable else UnknownOutcomeError(message)) from None


def _refusal(status: int, text: str, wait: float | None, *, repeatable: bool) -> UpstreamError:
    said = _message(text)
    message = f"the upstream answered {status}: {said}" if said else f"the upstream answered {status}"
    if status == 429:
        return RateLimitedError(message, status=status, retry_after=wait)
    if status in (401, 403):
        return KeyRefusedError(message, status=status, retry_after=wait)
    if status >= 500 and repeatable:
        return DownError(message, status=status, retry_after=wait)
    if status >= 500:  # it may have been carried out before something broke
        return UnknownOutcomeError(message, status=status, retry_after=wait)
    if 300 <= status < 400:
        return DownError(f"{message}: a redirect is not followed; check upstream.base_url", status=status)
    if status in (408, 425):
        return TemporaryError(message, status=status, retry_after=wait)
    if status == 409 or (status == 400 and _EXISTS.search(said)):
        return ConflictError(message, status=status)
    return PermanentError(message, status=status)


def _message(text: str) -> str:
    """The upstream's own words: what its JSON calls message, detail or error, else the start of the text."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.lstrip().startswith("<") else " ".join(text.split())[:200]
    if isinstance(answer, dict):
        for name in ("message", "detail", "error", "errors", "title"):
            if answer.get(name):
                answer = answer[name]
                break
    return (answer if isinstance(answer, str) else json.dumps(answer))[:500]


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, in seconds or as a date, as seconds from ``now``."""
    if value is None:
        return None
    value = value.strip()
    if value.isdecimal() and value.isascii() and len(value) < 10:
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return max(0.0, (date - now).total_seconds())

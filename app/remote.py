"""A contact as the upstream has it, read from its answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.errors import TemporaryError, UnknownOutcomeError
from app.webhook import moment

_LONGEST = 255  # what a column holds


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

    id = fields.String(required=True, validate=validate.Regexp(rf"[!-~]{{1,{_LONGEST}}}\Z"))
    name = fields.Raw(allow_none=True, load_default=None)
    unsubscribed = fields.Boolean(allow_none=True, load_default=False)
    unsubscribed_at = fields.Raw(allow_none=True, load_default=None)
    created_at = fields.Raw(allow_none=True, load_default=None)
    channels = fields.List(fields.Nested(_ChannelSchema), allow_none=True, load_default=list)
    segments = fields.List(fields.Nested(_SegmentSchema), allow_none=True, load_default=list)


@dataclass(frozen=True)
class RemoteContact:
    """A contact upstream; ``identities`` are (kind, value), e-mail in lower case, phone as + and digits."""

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
        name=_kept(found["name"]),
        unsubscribed=bool(found["unsubscribed"]),
        unsubscribed_at=moment(found["unsubscribed_at"]),
        created_at=moment(found["created_at"]),
        identities=frozenset(pair for channel in found["channels"] or [] for pair in identities_in(channel)),
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


def _kept(name: Any) -> str | None:
    """A name as the store can keep it, whatever was typed upstream."""
    return "".join(c for c in name if c.isprintable())[:_LONGEST] if isinstance(name, str) else None


def identities_in(channel: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a channel says of who it is: (kind, value), e-mail in lower case, phone as + and digits."""
    for kind in ("user_id", "email", "phone"):
        value = channel.get(kind)
        if isinstance(value, str) and value:
            yield kind, _compared(kind, value)


def _compared(kind: str, value: str) -> str:
    if kind == "phone":
        return "+" + "".join(c for c in value if c.isdecimal())
    return value.lower() if kind == "email" else value

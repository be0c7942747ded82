"""What the API answers, as schemas: they write the answers, and describe them."""

import math
from typing import Any

from marshmallow import Schema, fields

_DEEPEST = 100


class Plain(fields.Field[Any]):
    """What a sender or the upstream said, as JSON can say it to anybody: no infinity, and nothing without end."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:  # noqa: ARG002 -- marshmallow's
        return plain(value)


def plain(value: Any, depth: int = 0) -> Any:
    """Return plain data without what JSON or its readers cannot take."""
    if isinstance(value, dict | list) and depth == _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {str(name): plain(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _moment(about: str, *, null: bool = False) -> fields.Field[Any]:
    return fields.AwareDateTime(allow_none=null, metadata={"description": about})


def _text(about: str = "", *, null: bool = False) -> fields.Field[Any]:
    return fields.String(allow_none=null, metadata={"description": about} if about else {})


class MistakeAt(Schema):
    detail = _text("what is wrong")
    pointer = _text("the JSON pointer of where it stands in the body")
    parameter = _text("or the parameter that it is about")


class Problem(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    errors = fields.List(fields.Nested(MistakeAt))


class Consent(Schema):
    state = _text("granted or refused")
    at = _text("since when, where the sender says so", null=True)


class Contact(Schema):
    """What was mapped; parts that are not there are left out."""

    user_id = fields.String()
    name = fields.String()
    email = fields.String()
    phone = fields.String()
    contact_id = fields.String()
    segment_ids = fields.List(fields.String())
    consent = fields.Nested(Consent)
    sealed = _text("in place of all else: why it cannot be read")


class EventRow(Schema):
    source = fields.String(required=True)
    event_id = fields.String(required=True)
    event_type = fields.String(required=True)
    test = fields.Boolean(metadata={"description": "the sender only tried the endpoint"})
    occurred_at = _moment("when it happened, as the sender says")
    received_at = _moment("when it was kept")
    status = _text("received, pending, delivered, ignored or failed")
    reason = _text("why", null=True)
    waits_because = _text("what it waits for, if it waits", null=True)
    org = fields.String(allow_none=True)
    meaning = _text("what it says of its person", null=True)
    contact = fields.Nested(Contact, allow_none=True)
    contact_id = _text("of the person, upstream", null=True)
    person_id = fields.Integer(allow_none=True)
    notes = fields.List(fields.String())
    due_at = _moment("when it is tried next", null=True)
    attempts = fields.Integer(metadata={"description": "that counted, since the last replay"})
    settled_at = _moment("when it ended", null=True)
    replayed_at = _moment("when it was replayed last", null=True)


class Attempt(Schema):
    started_at = _moment("when it began")
    duration_ms = fields.Integer()
    outcome = fields.String()
    message = fields.String(allow_none=True)
    exchanges = fields.List(Plain(), metadata={"description": "every request with its answer; never the key"})


class Part(Schema):
    """A part of a contact, and the expression, or the words, that say where it was found."""

    name = fields.String()
    value = Plain()
    origin = _text("null where today's mapping finds something else", null=True)


class Event(EventRow):
    payload = Plain(metadata={"description": "as it was sent: decoded where it is JSON, else as text"})
    payload_state = _text("kept; gone: erased, or older than retention_days; sealed: its key is not configured")
    parts = fields.List(fields.Nested(Part))
    attempts_made = fields.List(fields.Nested(Attempt))


class Events(Schema):
    data = fields.List(fields.Nested(EventRow))
    next_cursor = _text("of the next page, which may be shorter than asked for", null=True)


class Attempts(Schema):
    data = fields.List(fields.Nested(Attempt))


class Identity(Schema):
    kind = _text("email, phone or user_id")
    value = fields.String()
    sent = fields.Boolean(metadata={"description": "the upstream knows it"})


class PersonRow(Schema):
    id = fields.Integer(required=True)
    org = fields.String(required=True)
    since = _moment("when they became known")
    name = fields.String(allow_none=True)
    contact_id = _text("upstream", null=True)
    identities = fields.List(fields.Nested(Identity))
    consent = fields.Nested(Consent, allow_none=True)
    unsubscribed = fields.Boolean()
    segment_ids = fields.List(fields.String())
    uncertain = fields.Boolean(metadata={"description": "they are looked up before anything is sent"})


class Change(Consent):
    source = fields.String()
    event_id = fields.String()


class Person(PersonRow):
    consents = fields.List(fields.Nested(Change), metadata={"description": "each change and the event that said so"})
    events = fields.List(fields.Nested(EventRow), metadata={"description": "of all sources, the newest first"})
    next_cursor = _text("of their next events", null=True)


class People(Schema):
    data = fields.List(fields.Nested(PersonRow))
    next_cursor = fields.String(allow_none=True)

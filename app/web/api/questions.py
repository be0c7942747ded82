"""What the API is asked, as schemas: they check the arguments, and describe them."""

from datetime import UTC
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.desk.cursors import row_of
from app.desk.overview import SPANS
from app.desk.trying import PARTS
from app.store import Filter
from app.webhook import EventStatus

_LONGEST, _MOST_IDS = 320, 100


def _line(about: str, **more: Any) -> fields.String:
    """Text of one line, as every database takes it."""
    checks = [validate.Length(1, _LONGEST), validate.Regexp(r"^[^\x00-\x1f\x7f]*$", error="Not one line of text.")]
    return fields.String(validate=[*checks, _sayable], metadata={"description": about}, **more)


def _sayable(text: str) -> None:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError("Holds half a character.")


def _given_out(text: str) -> None:
    if row_of(text) is None:
        raise ValidationError("Is no cursor that was given out.")


class Page(Schema):
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, 200), metadata={"description": "how many at most"}
    )
    cursor = fields.String(validate=_given_out, metadata={"description": "the `next_cursor` of the page before"})


class Selection(Schema):
    """Which events: every condition that is given must hold."""

    status = fields.Enum(EventStatus, by_value=True)
    source = _line("the name of a source")
    type = _line("the sender's own name for what happened")
    person = _line("an e-mail address, a phone number with its country code, or a user id")
    since = fields.AwareDateTime(default_timezone=UTC, metadata={"description": "received then or later"})
    until = fields.AwareDateTime(default_timezone=UTC, metadata={"description": "received then or before"})


class EventsPage(Selection, Page):
    search = _line("an event id, an e-mail address, a phone number or a user id")


class PeoplePage(Page):
    search = _line("an e-mail address, a phone number or a user id: then it is one page")
    org = _line("the name of an org")


class RefusalsPage(Page):
    source = _line("the name of a source")


class Length(Schema):
    length = fields.String(load_default="day", validate=validate.OneOf(sorted(SPANS)))


class Named(Schema):
    """One event."""

    source = _line("the name of a source", required=True)
    event_id = fields.String(required=True, validate=[validate.Length(1, 1000), _sayable])


class Steered(Selection):
    """Events to be changed: named by ``event_ids`` of one ``source``, or selected."""

    event_ids = fields.List(
        fields.String(validate=[validate.Length(1, 1000), _sayable]), validate=validate.Length(1, _MOST_IDS)
    )
    limit = fields.Integer(
        strict=True,
        load_default=500,
        validate=validate.Range(1, 500),
        metadata={"description": "how many in this call"},
    )
    cursor = fields.String(
        validate=validate.Length(max=_LONGEST), metadata={"description": "the `next_cursor` of the call before"}
    )

    @validates_schema
    def one_source(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("event_ids") and not data.get("source"):
            raise ValidationError("Say of which source these ids are.", "source")


class Replay(Steered):
    anyway = fields.Boolean(
        load_default=False,
        metadata={"description": "even if a delivery process maps otherwise than the configuration does now"},
    )


class Ignore(Steered):
    reason = fields.String(
        load_default="", validate=[validate.Length(max=500), _sayable], metadata={"description": "why; name nobody"}
    )


class Pausing(Schema):
    """An org, or a source."""

    org = _line("the name of an org")
    source = _line("the name of a source")

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Name an org or a source, one of them.")


class Erase(Schema):
    person = _line("an e-mail address, a phone number with its country code, or a user id", required=True)
    org = _line("only in this org; in all, unless given")
    dry_run = fields.Boolean(load_default=False, metadata={"description": "say what would go, and do nothing"})
    even_if_unknown = fields.Boolean(
        load_default=False,
        metadata={"description": "remember somebody who is not known, so that nothing older brings them in"},
    )


class Preview(Schema):
    source = _line("the name of a source", required=True)
    headers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={"description": "as sent"},
    )
    body = fields.Raw(required=True, metadata={"description": "the payload: as text, or as JSON"})
    contact = fields.Dict(
        keys=fields.String(validate=validate.OneOf(PARTS)), values=fields.String(validate=validate.Length(max=5000)),
        load_default=dict, metadata={"description": "JMESPath by part of the contact, over the source's own"},
    )  # fmt: skip


def selected(data: dict[str, Any]) -> Filter:
    """Return the events that arguments select."""
    return Filter(
        status=data.get("status"), source=data.get("source"), person=data.get("person"), since=data.get("since"),
        until=data.get("until"), event_type=data.get("type"), search=data.get("search"),
        event_ids=data.get("event_ids", ()),
    )  # fmt: skip

"""What the API answers about sources, orgs and what was done, as schemas: see `app.web.api.answers`."""

from marshmallow import Schema, fields

from app.web.api.answers import EventRow, Part, Plain


class LastEvent(EventRow):
    class Meta:
        fields = ("event_id", "event_type", "received_at", "status")


class Refusal(Schema):
    source = fields.String()
    refused_at = fields.AwareDateTime()
    cause = fields.String()
    hint = fields.String(metadata={"description": "the signature doctor's word"})


class Refusals(Schema):
    data = fields.List(fields.Nested(Refusal))
    next_cursor = fields.String(allow_none=True)


class Source(Schema):
    name = fields.String(required=True)
    provider = fields.String()
    title = fields.String()
    org = fields.String()
    url = fields.String(metadata={"description": "to paste at the sender"})
    docs = fields.String(metadata={"description": "the sender's own documentation"})
    setup = fields.String(metadata={"description": "how to set the sender up, as Markdown"})
    paused_since = fields.AwareDateTime(allow_none=True)
    last_event = fields.Nested(LastEvent, allow_none=True)
    last_refusal = fields.Nested(Refusal, allow_none=True)


class Sources(Schema):
    data = fields.List(fields.Nested(Source))


class Org(Schema):
    name = fields.String(required=True)
    state = fields.String(metadata={"description": "up, slow, limited, down or key refused"})
    words = fields.String()
    since = fields.AwareDateTime(allow_none=True)
    next_try_at = fields.AwareDateTime(allow_none=True)
    paused_since = fields.AwareDateTime(allow_none=True)


class Orgs(Schema):
    data = fields.List(fields.Nested(Org))


class Action(Schema):
    at = fields.AwareDateTime()
    who = fields.String()
    what = fields.String()
    details = fields.Dict(keys=fields.String())


class Actions(Schema):
    data = fields.List(fields.Nested(Action))
    next_cursor = fields.String(allow_none=True)


class Span(Schema):
    start = fields.AwareDateTime()
    accepted = fields.Integer()
    delivered = fields.Integer()
    ignored = fields.Integer()
    failed = fields.Integer()
    waiting = fields.Integer()


class Silence(Schema):
    source = fields.String()
    since = fields.AwareDateTime()


class Pause(Schema):
    kind = fields.String(metadata={"description": "org or source"})
    name = fields.String()
    since = fields.AwareDateTime()


class Overview(Schema):
    spans = fields.List(fields.Nested(Span), metadata={"description": "hours, or days; the last one is not over yet"})
    oldest_waiting_since = fields.AwareDateTime(allow_none=True)
    orgs = fields.List(fields.Nested(Org))
    quiet = fields.List(
        fields.Nested(Silence), metadata={"description": "sources that say nothing for longer than is usual for them"}
    )
    paused = fields.List(fields.Nested(Pause))


class Progress(Schema):
    total = fields.Integer(metadata={"description": "events that were selected when it began"})
    seen = fields.Integer(metadata={"description": "of them so far"})
    done = fields.Integer()
    left_alone = fields.Integer(metadata={"description": "being delivered now, without a payload, or done by hand"})
    next_cursor = fields.String(
        allow_none=True, metadata={"description": "to go on with, in the same call with the same selection"}
    )


class Difference(Schema):
    field = fields.String()
    before = Plain(allow_none=True)
    after = Plain(allow_none=True)


class Rehearsal(Schema):
    """What a replay would change; nothing was sent."""

    changes = fields.Boolean(allow_none=True, metadata={"description": "null where the sender would be asked first"})
    status = fields.String(metadata={"description": "what would become of it"})
    reason = fields.String(allow_none=True)
    looks_first = fields.Boolean()
    fetches_first = fields.Boolean()
    requests = fields.List(Plain())
    against = fields.String(metadata={"description": "what the requests are compared with"})
    differences = fields.List(fields.Nested(Difference))


class Paused(Schema):
    kind = fields.String()
    name = fields.String()
    paused = fields.Boolean()
    changed = fields.Boolean(metadata={"description": "false if it was like that before"})


class Receipt(Schema):
    id = fields.Integer()
    erased_at = fields.AwareDateTime()
    asked_by = fields.String()
    where = fields.String()
    orgs = fields.List(fields.String())
    payloads = fields.Integer()
    attempts = fields.Integer()
    persons = fields.Integer()
    identities = fields.Integer()
    contact_ids = fields.List(
        fields.String(),
        metadata={"description": "upstream still: delete them there by hand"},
    )
    unsearched = fields.Integer()
    failed = fields.Integer()


class Foreseen(Schema):
    persons = fields.Integer()
    events = fields.Integer()
    mentions = fields.Integer(metadata={"description": "events of others that name them"})
    contact_ids = fields.List(fields.String())


class Erased(Schema):
    foreseen = fields.Nested(Foreseen, allow_none=True, metadata={"description": "with dry_run: what would go"})
    receipt = fields.Nested(Receipt, allow_none=True)


class Tried(Schema):
    event_id = fields.String()
    event_type = fields.String()
    status = fields.String()
    reason = fields.String()
    meaning = fields.String(allow_none=True)
    parts = fields.List(fields.Nested(Part))
    notes = fields.List(fields.String())


class Trial(Schema):
    data = fields.List(fields.Nested(Tried), metadata={"description": "each event that the payload holds"})

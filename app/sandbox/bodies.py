"""The request bodies of the contacts API, read strictly: what its reference does not name is refused."""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.sandbox.records import RefusedError

LARGEST_BULK = 10_000


class StrictBoolean(fields.Boolean):
    """true or false; marshmallow's own field takes "yes" and 1 as well."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class ChannelSchema(Schema):
    user_id = fields.String()
    name = fields.String()
    email = fields.String()
    phone = fields.String()
    contact_id = fields.String()


class CreateSchema(Schema):
    channel = fields.Nested(ChannelSchema, required=True)
    segment_ids = fields.List(fields.String(), load_default=list)


class ChangeSchema(Schema):
    name = fields.String()
    blocked = StrictBoolean()
    unsubscribed = StrictBoolean()


class BulkSchema(Schema):
    """The channels are checked one by one later: a bad one is reported, it does not spoil the others."""

    channels = fields.List(fields.Raw(), required=True, validate=validate.Length(max=LARGEST_BULK))
    segment_id = fields.String()


def load(schema: Schema, body: bytes) -> Any:
    """Return the body as ``schema`` loads it. Raises `RefusedError` (400), naming every mistake."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "the body is not JSON") from None
    return check(schema, data)


def check(schema: Schema, data: Any) -> Any:
    """Return ``data`` as ``schema`` loads it. Raises `RefusedError` (400), naming every mistake."""
    try:
        return schema.load(data)
    except ValidationError as error:
        raise RefusedError(400, " ".join(_mistakes("", error.messages))) from None


def _mistakes(path: str, messages: Any) -> list[str]:
    if isinstance(messages, Mapping):
        inside = ((f"{path}.{key}".strip(".") if key != "_schema" else path, value) for key, value in messages.items())
        return [line for place, value in inside for line in _mistakes(place, value)]
    return [f"{path or 'the body'}: {message}" for message in messages]

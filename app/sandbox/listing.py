"""The list call: its query parameters, named here and nowhere else, and which contacts match them."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from app.sandbox.records import Contact

USER_ID = "user_id"
NAME = "name"
USERNAME = "username"
EMAIL = "email"
SEGMENT_ID = "segment_id"
STATUS = "status"
SEARCH = "search"
PAGE = "page"
TAKE = "take"

LARGEST_TAKE = 100
DEFAULT_TAKE = 20

STATUSES: dict[str, Callable[[Contact], bool]] = {
    "ALL": lambda _: True,
    "SUBSCRIBED": lambda contact: contact.unsubscribed_at is None,
    "UNSUBSCRIBED": lambda contact: contact.unsubscribed_at is not None,
    "BLOCKED": lambda contact: contact.blocked_at is not None,
    "AI_REPLIES_DISABLED": lambda _: False,
}

_FILTERS: dict[str, Callable[[Contact, str], bool]] = {
    USER_ID: lambda contact, value: any(channel.user_id == value for channel in contact.channels),
    NAME: lambda contact, value: folded(contact.name) == folded(value),
    USERNAME: lambda _contact, _value: False,  # the create call knows no username, so nobody has one
    EMAIL: lambda contact, value: any(folded(channel.email) == folded(value) for channel in contact.channels),
    SEGMENT_ID: lambda contact, value: value in contact.segments,
    STATUS: lambda contact, value: STATUSES[value](contact),
    SEARCH: lambda contact, value: folded(value) in folded(contact.name),
}


def folded(text: str | None) -> str:
    return (text or "").casefold()


# ``load(args)`` gives the parameters that were sent; unknown ones are not looked at.
LIST_QUERY = Schema.from_dict(
    {
        **{name: fields.String() for name in (USER_ID, NAME, USERNAME, EMAIL, SEGMENT_ID, SEARCH)},
        STATUS: fields.String(validate=validate.OneOf(STATUSES)),
        PAGE: fields.Integer(load_default=1, validate=validate.Range(min=1)),
        TAKE: fields.Integer(load_default=DEFAULT_TAKE, validate=validate.Range(min=1, max=LARGEST_TAKE)),
    },
    name="ListQuery",
)(unknown=EXCLUDE)


def filters(query: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that choose contacts, without those that choose a page."""
    return {name: value for name, value in query.items() if name in _FILTERS}


def matches(contact: Contact, chosen: Mapping[str, str]) -> bool:
    return all(_FILTERS[name](contact, value) for name, value in chosen.items())

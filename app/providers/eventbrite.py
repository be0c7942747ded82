"""Eventbrite: orders and attendees, named by an address at its API alone."""

import re

from app.contact import At, Meaning, PersonSchema
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import body_hash, first, header, joined, lookup, path

_HOST = "www.eventbriteapi.com"
# Nobody signs the request, so its address is taken apart: numbers only, at the one host that may get the token.
_ADDRESS = re.compile(rf"https://{re.escape(_HOST)}/v3/((?:orders|events/[0-9]{{1,20}}/attendees)/[0-9]{{1,20}})/?")
_NOBODY = "Eventbrite names no e-mail address and no phone number there: a ticket sold at the door"
_address = lookup("api_url")


def _person(payload: Payload) -> str | None:
    """The address of an order or an attendee; None for anything else, whatever it claims."""
    address = _address(payload)
    match = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    return f"https://{_HOST}/v3/{match[1]}/" if match else None


class Person(PersonSchema):
    """An attendee has a profile, an order is flat: who ordered. The id is a ticket's or an order's, not a person's."""

    name = At(
        "join(' ', fetched.profile.[first_name, last_name])",
        "fetched.profile.name",
        "join(' ', fetched.[first_name, last_name])",
        "fetched.name",
    )
    email = At("fetched.profile.email", "fetched.email")
    phone = At("fetched.profile.cell_phone", "fetched.profile.work_phone", "fetched.profile.home_phone")
    region = At("fetched.profile.addresses.home.country", "fetched.profile.addresses.bill.country")


_NEWS = Rule(Meaning.UPDATED, Person, _NOBODY)


class Eventbrite(Provider):
    title = "Eventbrite"
    docs = "https://www.eventbrite.com/platform/docs/webhooks"
    event_id = first(
        joined(path("config.action"), path("api_url"), header("X-Eventbrite-Delivery")),
        joined(path("config.action"), path("api_url"), body_hash),
    )
    event_type = path("config.action")
    test = path("config.action == 'test'")
    events = {
        "order.placed": Rule(Meaning.SIGNED_UP, Person, _NOBODY),
        "order.updated": _NEWS,
        "attendee.updated": _NEWS,
        "attendee.checked_in": _NEWS,
    }
    ignores = {
        "order.refunded": "money was paid back; its person stays",
        "attendee.checked_out": "left the place; attendee.updated tells of the person",
        **dict.fromkeys(("event.*", "organizer.*", "ticket_class.*", "venue.*"), "an event's own data, not a person"),
    }
    fetch = Fetch(host=_HOST, url=_person)
    setup = """\
1. On Eventbrite, open *Account settings > Developer links > API keys*, and copy the *private token* into `token`.
2. In `bridge.toml`, say `auth = "query"` and make up a long `secret`: Eventbrite signs nothing, so the secret goes into
   the address.
3. Open *Developer links > Webhooks*, choose *Add webhook*, and paste {url}?token=<secret> as the payload URL.
4. Choose the actions `order.placed`, `order.updated` and `attendee.updated`.
5. A webhook names nobody, but an address at Eventbrite's API, where the bridge asks with your token: at
   www.eventbriteapi.com alone, for orders and attendees alone. So the person is proven, though the webhook is not.
6. Two updates of one order are told apart by the header `X-Eventbrite-Delivery`, which is not confirmed by the sender's
   public documentation: without it, the second counts as the first sent again."""
    delivery = "wants a 2xx; a 410 would delete the webhook"

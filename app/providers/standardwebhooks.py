"""Anybody who follows Standard Webhooks: people come and go in events such as user.created, wherever they are in it."""

from collections.abc import Iterator

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.event_types import is_test, understood
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, header, lookup, path
from app.relays import members
from app.signatures import StandardWebhooks
from app.webhook import Webhook

_data, _type = lookup("data"), path("type")
_IDS = ("data.user_id", "(data.user || data.contact || data.customer || data.member || data.subscriber).id")


class Other(PersonSchema):
    """Of an event about something else: its id is not the person's. All but the id is found by the fields' names."""

    user_id = At(*_IDS)


class Person(PersonSchema):
    user_id = At("data.id", *_IDS)


class Listed(Other):
    consent = ConsentAt("type && `true`")  # the event itself says it


class Reader(Person):
    consent = ConsentAt("type && `true`")


_SCHEMAS = {(False, False): Other, (True, False): Person, (False, True): Listed, (True, True): Reader}


def _test(webhook: Webhook) -> bool:
    return is_test(str(_type(webhook) or ""))


class AnyStandardWebhooks(Provider):
    title = "Standard Webhooks: anybody who follows the specification"
    docs = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"
    signature = StandardWebhooks()
    event_id = first(header("webhook-id"), header("svix-id"))  # the same in every attempt
    event_type = _type
    occurred_at = path("timestamp")
    test = _test
    events = {
        "user.created": Rule(Meaning.SIGNED_UP, Person),
        "user.updated": Rule(Meaning.UPDATED, Person),
        "user.deleted": Rule(Meaning.ERASE, Person),
        "contact.subscribed": Rule(Meaning.SIGNED_UP, Reader),
        "contact.unsubscribed": Rule(Meaning.UNSUBSCRIBED, Person),
        "form.submitted": Rule(Meaning.SIGNED_UP, Other),
    }
    ignores = {"*.deleted": "what was deleted is no person: it must not create a contact"}
    setup = """\
1. In the sender's settings for webhooks, add an endpoint: {url}.
2. Copy its signing secret (`whsec_…`, or `whpk_…` where it signs with a private key) into `secret`.
3. Choose the events that tell of people. `user.created`, `user.updated`, `user.deleted` (forgets the person),
   `contact.subscribed`, `contact.unsubscribed` and `form.submitted` are understood, also of users,
   customers, members, leads, and written `UserCreated` or `user_created`; all else is kept and ignored.
4. The person is found in `data` by the names of its fields; where that is not enough, say where they are under
   `[sources.<name>.contact]`. For a sender whose events have other names, take `relay` with
   `auth = "standard-webhooks"`, which takes everything for a sign-up."""
    delivery = "as the sender does it; the specification: 15 to 30 s, and 9 retries over 3 days"

    def rule(self, event_type: str) -> Rule | None:
        said = understood(event_type)
        return Rule(said.meaning, _SCHEMAS[said.of_person, said.consents]) if said else None

    def form(self, payload: Payload) -> Iterator[FormField]:
        return members(_data(payload))

"""Anybody who follows Standard Webhooks: people come and go in events such as user.created, wherever they are in it."""

from collections.abc import Iterator

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, header, lookup, path
from app.relays import members
from app.signatures import StandardWebhooks
from app.webhook import Webhook
from app.words import plain

_data = lookup("data")
_PEOPLE = {"user", "person", "people", "contact", "customer", "member", "subscriber", "lead", "profile", "attendee"}
_PEOPLE |= {"registrant", "student", "guest", "prospect", "client", "participant", "patient"}
_FORMS = {"form", "submission", "signup", "registration", "response", "invitee"}
_LISTED = {"contact", "subscriber", "newsletter", "marketing"}  # "user.subscribed" may be a paid plan: no consent
_VERBS = {
    **dict.fromkeys(("created", "added", "registered", "joined", "signup", "submitted"), Meaning.SIGNED_UP),
    **dict.fromkeys(("updated", "changed", "subscribed"), Meaning.UPDATED),
    **dict.fromkeys(("deleted", "removed", "erased", "redacted"), Meaning.ERASE),
}
_IDS = ("data.user_id", "(data.user || data.contact || data.customer || data.member || data.subscriber).id")
_TESTS = {"test", "ping", "webhook test", "webhook ping", "test event", "endpoint test"}


class Other(PersonSchema):
    """Of an event about something else: its id is not the person's. All but the id is found by the fields' names."""

    user_id = At(*_IDS)


class Person(PersonSchema):
    user_id = At("data.id", *_IDS)


class Listed(Other):
    consent = ConsentAt("type && `true`")  # the event itself says it


class Reader(Person):
    consent = ConsentAt("type && `true`")


_PERSON, _ANSWER = Rule(Meaning.SIGNED_UP, Person), Rule(Meaning.SIGNED_UP, Other)


def _type(event_type: str) -> Rule | None:
    """What a type says in words: of a person, and what became of them. ``user.session.deleted`` is about no person."""
    words = plain(event_type).replace("signed up", "signup").replace("opted ", "opt ").split()
    noun, verb = ["", "", *words][-2:]
    schema = Person if noun in _PEOPLE else Other
    if "unsubscribed" in words or (noun, verb) == ("opt", "out"):
        return Rule(Meaning.UNSUBSCRIBED, schema)
    if (verb == "subscribed" and noun in _LISTED) or (noun, verb) == ("opt", "in"):
        return Rule(Meaning.SIGNED_UP, Reader if noun in _PEOPLE else Listed)
    if noun in _PEOPLE:
        return Rule(_VERBS[verb], Person) if verb in _VERBS else None
    return _ANSWER if noun in _FORMS and _VERBS.get(verb) is Meaning.SIGNED_UP else None


def _test(webhook: Webhook) -> bool:
    return plain(str(path("type")(webhook) or "")) in _TESTS


class AnyStandardWebhooks(Provider):
    title = "Standard Webhooks: anybody who follows the specification"
    docs = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"
    signature = StandardWebhooks()
    event_id = first(header("webhook-id"), header("svix-id"))  # the same in every attempt
    event_type = path("type")
    occurred_at = path("timestamp")
    test = _test
    events = {
        "user.created": _PERSON,
        "user.updated": Rule(Meaning.UPDATED, Person),
        "user.deleted": Rule(Meaning.ERASE, Person),
        "contact.subscribed": Rule(Meaning.SIGNED_UP, Reader),
        "contact.unsubscribed": Rule(Meaning.UNSUBSCRIBED, Person),
        "form.submitted": _ANSWER,
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
        return self.events.get(event_type) or _type(event_type)

    def form(self, payload: Payload) -> Iterator[FormField]:
        return members(_data(payload))

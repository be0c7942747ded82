"""Anybody who follows Standard Webhooks: people come and go in events such as user.created, wherever they are in it."""

from collections.abc import Iterator

from app.contact import At, Meaning, PersonSchema
from app.forms import FormField
from app.payload import Payload
from app.providers import ANY, Provider, Rule
from app.reading import first, header, lookup, path
from app.relays import members
from app.signatures import StandardWebhooks
from app.webhook import Webhook
from app.words import plain

_data = lookup("data")
_PEOPLE = {"user", "person", "people", "contact", "customer", "member", "subscriber", "lead", "profile", "attendee"}
_PEOPLE |= {"registrant", "student", "guest", "prospect", "client", "participant", "patient"}
_FORMS = {"form", "submission", "signup", "registration", "response", "invitee"}
_NEW, _NEWS = {"created", "added", "registered", "joined", "signup", "submitted"}, {"updated", "changed"}
_GONE = {"deleted", "removed", "erased", "redacted"}
_TESTS = {"test", "ping", "webhook test", "webhook ping", "test event", "endpoint test"}


class Person(PersonSchema):
    """Everything but the id is found by the names of the fields in ``data``."""

    user_id = At("data.id", "data.user_id", "data.(user || contact || customer || member || subscriber).id")


_PERSON, _ANSWER = Rule(Meaning.SIGNED_UP, Person), Rule(Meaning.SIGNED_UP)


def _type(event_type: str) -> Rule | None:
    """What a type says in words: of a person, and what became of them. ``user.session.deleted`` is about no person."""
    words = plain(event_type).replace("signed up", "signup").replace("opted ", "opt ").split()
    verb = words[-1] if words else ""
    noun = words[-2] if len(words) > 1 else ""
    if "unsubscribed" in words or words[-2:] == ["opt", "out"]:
        return Rule(Meaning.UNSUBSCRIBED, Person)
    if verb == "subscribed" or words[-2:] == ["opt", "in"]:
        return Rule(Meaning.SUBSCRIBED, Person)
    if noun in _PEOPLE:
        found = {**dict.fromkeys(_NEW, Meaning.SIGNED_UP), **dict.fromkeys(_NEWS, Meaning.UPDATED)}
        found |= dict.fromkeys(_GONE, Meaning.ERASE)
        return Rule(found[verb], Person) if verb in found else None
    return _ANSWER if noun in _FORMS and verb in _NEW else None


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
        "user.subscribed": Rule(Meaning.SUBSCRIBED, Person),
        "user.unsubscribed": Rule(Meaning.UNSUBSCRIBED, Person),
        "form.submitted": _ANSWER,
        ANY: _PERSON,  # types like these, of contacts, customers, members …: see ``rule``
    }
    ignores = {"*.deleted": "what was deleted is no person: it must not create a contact"}
    setup = """\
1. In the sender's settings for webhooks, add an endpoint: {url}.
2. Copy its signing secret (`whsec_…`, or `whpk_…` where it signs with a private key) into `secret`.
3. Choose the events that tell of people. `user.created`, `user.updated`, `user.deleted` (forgets the person),
   `user.subscribed`, `user.unsubscribed` and `form.submitted` are understood, also of contacts, customers, members,
   subscribers, leads, and written `UserCreated` or `user_created`; everything else is kept and ignored.
4. The person is found in `data` by the names of its fields; where that is not enough, say where they are under
   `[sources.<name>.contact]`. For a sender whose events have other names, take `relay` with
   `auth = "standard-webhooks"`, which takes everything for a sign-up."""
    delivery = "as the sender does it; the specification: 15 to 30 s, and 9 retries over 3 days"

    def rule(self, event_type: str) -> Rule | None:
        return self.events.get(event_type) or _type(event_type)

    def form(self, payload: Payload) -> Iterator[FormField]:
        return members(_data(payload))

"""What all relays share: any JSON or form post, whose fields are found by their names."""

from collections.abc import Iterable, Iterator, Mapping

from app.batches import each_element
from app.contact import Meaning
from app.forms import FormField
from app.payload import Payload
from app.providers import ANY, Provider, Rule
from app.reading import constant
from app.webhook import Webhook

# words for a source's ``event_type`` to choose from; whatever else it finds is a sign-up
EVENTS: Mapping[str, Rule] = {
    "updated": Rule(Meaning.UPDATED),
    "subscribed": Rule(Meaning.SUBSCRIBED),
    "unsubscribed": Rule(Meaning.UNSUBSCRIBED),
    "erase": Rule(Meaning.ERASE),
    ANY: Rule(Meaning.SIGNED_UP),
}

# the last lines of a preset's guide
MORE_THAN_SIGN_UPS = """
- To tell of more than sign-ups, send a word in a field of yours, `action` say, and set `event_type = "action"` on the
  source: `updated`, `subscribed`, `unsubscribed` and `erase` mean what they say, any other word is a sign-up."""


class AnyPost(Provider):
    """A relay: what it posts is whatever its user put together. A preset adds its name and its own guide."""

    event_type = constant("signed up")
    events = EVENTS
    guesses = True

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """A JSON list holds one event per element (Zapier: "Wrap Request In Array")."""
        return each_element(webhook)

    def form(self, payload: Payload) -> Iterator[FormField]:
        return members(payload)


def members(payload: Payload) -> Iterator[FormField]:
    """The payload's own members first, then those one level deeper."""
    own = payload.items() if isinstance(payload, dict) else ()
    yield from (FormField(str(name), "", "", value) for name, value in own if not isinstance(value, dict))
    for name, inner in own:
        for key, value in inner.items() if isinstance(inner, dict) else ():
            yield FormField(f"{name}.{key}", "", "", value)

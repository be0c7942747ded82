"""Any JSON or form post: Zapier, Make, n8n, Pipedream, IFTTT, a web form, your own code."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.contact import Meaning
from app.errors import PayloadError
from app.forms import FormField
from app.payload import Payload
from app.providers import ANY, Provider, Rule
from app.reading import constant
from app.webhook import Webhook

_MOST_PARTS = 1_000


class Relay(Provider):
    title = "Relay: any JSON or form post"
    docs = "https://help.zapier.com/hc/en-us/articles/8496326446989"
    event_type = constant("signed up")
    events = {  # words for a source's ``event_type`` to choose from; whatever else it finds is a sign-up
        "updated": Rule(Meaning.UPDATED),
        "subscribed": Rule(Meaning.SUBSCRIBED),
        "unsubscribed": Rule(Meaning.UNSUBSCRIBED),
        "erase": Rule(Meaning.ERASE),
        ANY: Rule(Meaning.SIGNED_UP),
    }
    guesses = True
    setup = """\
1. In the tool that sends (Zapier: *Webhooks by Zapier > POST*; Make: *HTTP*; n8n: *HTTP Request*), paste {url}.
2. Send JSON or a form. Fields called `email`, `phone`, `name` or `first_name` and `last_name`, `consent` are found
   by themselves, in many languages; for others, say where they are under `[sources.<name>.contact]`.
3. Send the secret as `auth` says: for `bearer`, a header `Authorization: Bearer <secret>`.
4. Name the tool's own id in `event_id`, so that nothing is taken twice; without it, equal bodies are one event."""
    delivery = "as the tool is set up: most do not retry by themselves, so switch its error handling on"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """A JSON list holds one event per element (Zapier: "Wrap Request In Array")."""
        elements = webhook.payload
        if not isinstance(elements, list):
            return (webhook,)
        if not 0 < len(elements) <= _MOST_PARTS:
            raise PayloadError(f"the list holds {len(elements)} events: send 1 to {_MOST_PARTS}")
        headers = {**webhook.headers, "content-type": "application/json"}
        return [replace(webhook, body=json.dumps(element).encode(), headers=headers) for element in elements]

    def form(self, payload: Payload) -> Iterator[FormField]:
        """The payload's own members first, then those one level deeper."""
        members = payload.items() if isinstance(payload, dict) else ()
        yield from (FormField(str(name), "", "", value) for name, value in members if not isinstance(value, dict))
        for name, inner in members:
            for key, value in inner.items() if isinstance(inner, dict) else ():
                yield FormField(f"{name}.{key}", "", "", value)

"""Formspree: submissions of a form, by the names of its inputs."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import labelled, table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, path
from app.signatures import Hmac


class Formspree(Provider):
    title = "Formspree"
    docs = "https://help.formspree.io/hc/en-us/articles/360015234873-Webhooks"
    signature = Hmac("Formspree-Signature", signed="{timestamp}.{body}", fields=("t", "v1"), tolerance=300)
    # A submission has no id: equal bodies are one event. They hold the time, so no two submissions are equal.
    event_type = constant("submission")
    occurred_at = path("submission._date")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Open the form in Formspree, then *Plugins* (*Workflow*) *> Webhooks*, and paste {url}.
2. Copy the *signing secret* that is shown into `secret`.
3. Name the inputs after what they ask for: `email`, `phone`, `name`, `newsletter`."""
    delivery = "any 2xx; deadline and retries are not documented"

    def form(self, payload: Payload) -> Iterator[FormField]:
        yield from labelled(table(payload).get("submission"), hidden="_")  # _date, _gotcha, _subject

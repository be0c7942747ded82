"""Ninja Forms: submissions of a WordPress form, under arguments chosen by hand."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import answered, labelled, table, unpacked
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, joined, path


class NinjaForms(Provider):
    title = "Ninja Forms"
    docs = "https://ninjaforms.com/docs/webhooks/"
    event_id = joined(path("form_id"), path("sequence"))  # where they are mapped; else equal bodies are one event
    event_type = constant("submission")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Ninja Forms signs nothing and sends no headers of your own: set `auth = "query"` and a long `secret` on the source.
2. In WordPress, edit the form, open *Emails & Actions* and add *Webhooks* (an add-on).
3. *Remote URL*: paste {url} with `?token=` and the secret behind it; *Remote Method*: *Post*.
4. Under *Args* map the fields to the keys `email`, `phone`, `name`, `newsletter` …, and `sequence` to
   `{submission:sequence}` and `form_id` to a number of your own per form, so that nothing is taken twice.
5. *Encode Args as JSON String* and *Send as JSON* may be on or off. Only HTTPS guards the body on its way."""
    delivery = "WordPress waits 5 s; no retries"

    def form(self, payload: Payload) -> Iterator[FormField]:
        for name, value in table(payload).items():
            inner = unpacked(value)
            if isinstance(inner, dict):  # all arguments as JSON in one
                yield from labelled(inner, but={"form_id", "sequence"})
            elif name not in ("form_id", "sequence"):
                yield from answered(str(name), value)

"""WPForms: entries of a WordPress form, under keys chosen by hand."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import labelled
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, joined, path


class WPForms(Provider):
    title = "WPForms"
    docs = "https://wpforms.com/docs/how-to-install-and-use-the-webhooks-addon-with-wpforms/"
    event_id = joined(path("form_id"), path("entry_id"))  # where they are mapped; else equal bodies are one event
    event_type = constant("entry")
    events = {"entry": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. In WordPress, edit the form, open *Settings > Webhooks* (the Webhooks addon) and switch webhooks on.
2. Paste {url} as *Request URL*; method *POST*, format *JSON*. Under *Request Headers* add `Authorization` with
   `Bearer <secret>` as a secure value; set `auth = "bearer"` and the same long `secret` on the source.
3. Under *Request Body* map the fields to the keys `email`, `phone`, `name`, `newsletter` …, and as custom values
   `entry_id` to `{entry_id}` and `form_id` to `{form_id}`, so that nothing is taken twice.
4. Leave the addon's own *Secret* empty. The header proves who sent it, and only HTTPS guards the body."""
    delivery = "WordPress waits 5 s; no retries: failures stand in the log of WPForms"

    def form(self, payload: Payload) -> Iterator[FormField]:
        yield from labelled(payload, but={"entry_id", "form_id"})

"""Elementor Pro: submissions of the forms of a WordPress site, with or without "Advanced Data"."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import labelled, table, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant

# Besides the fields, as set under "Metadata"; nobody's name is "New Form".
_BESIDE = {"form_id", "form_name", "Date", "Time", "Page URL", "User Agent", "Remote IP", "Powered by"}


class Elementor(Provider):
    title = "Elementor Pro forms"
    docs = "https://elementor.com/help/form-integrations-webhook/"
    # A submission has no id: equal bodies are one event, and nothing is lost by that, since they say the same.
    event_type = constant("submission")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Elementor signs nothing and sends no headers of your own: set `auth = "query"` and a long `secret` on the source.
2. Edit the form; under *Actions After Submit* add *Webhook*, and paste {url} with `?token=` and the secret behind it.
3. Switch *Advanced Data* on: then the type of each field is sent, and none of two with the same label is lost.
4. Under *Metadata* choose *Date* and *Time*: with them, the same answers given twice are two submissions.
5. The secret proves who sent it, and only HTTPS guards the body on its way."""
    delivery = "wants 200 and nothing else; WordPress waits 5 s; no retries, and visitors do not see a failure"

    def form(self, payload: Payload) -> Iterator[FormField]:
        fields = table(payload).get("fields")
        if not isinstance(fields, dict):
            yield from labelled(payload, but=_BESIDE)
            return
        for name, row in fields.items():
            title, kind = texts(table(row), "title", "type")
            value = table(row).get("value")
            # a box to agree to something is sent when it is not ticked, too: empty
            yield FormField(str(name), title, kind, bool(value) if kind == "acceptance" else value)

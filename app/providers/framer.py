"""Framer: submissions of the forms of a site."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import labelled
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, header
from app.signatures import Hmac


class Framer(Provider):
    title = "Framer"
    docs = "https://www.framer.com/help/articles/framer-form-webhook-setup/"
    signature = Hmac("Framer-Signature", prefix="sha256=", signed="{body}{header:framer-webhook-submission-id}")
    event_id = header("Framer-Webhook-Submission-Id")  # it stands nowhere in the body
    event_type = constant("submission")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Select the form in Framer, choose *Send To > Webhook* and paste {url}.
2. Make up a long secret, put it into the webhook's *Secret* and into `secret`: without one, Framer signs nothing.
3. Give the inputs names that say what they ask for (Email, Phone, Name, Newsletter), then publish the site."""
    delivery = "any 2xx within its deadline (undocumented); up to 5 retries, redirects are not followed"

    def form(self, payload: Payload) -> Iterator[FormField]:
        yield from labelled(payload)

"""Unbounce: the forms of landing pages, pop-ups and sticky bars."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import table, unpacked
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant

# What Unbounce adds to the answers: about the page and the visit, nothing about a person
_OWN = {"page_uuid", "page_name", "page_url", "variant", "ip_address", "date_submitted", "time_submitted"}


class Unbounce(Provider):
    title = "Unbounce"
    docs = "https://documentation.unbounce.com/hc/en-us/articles/203510044"
    event_type = constant("lead")  # a lead has no id either: the same bytes are the same lead
    events = {"lead": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Make up a long secret and put it into `secret`; say `auth = "query"`: Unbounce signs nothing, the secret is part of
   the address. Whoever knows the address can post, so keep it to yourself.
2. In Unbounce, open the page's overview, then *Integrations > Webhooks: POST to URL*.
3. Paste {url}?token=<secret> and choose *Done*; fields need no mapping. Republish the page.
4. The person is found by the names of the form's fields (`email`, `phone_number`, `first_name`, `newsletter`)."""
    delivery = "wants 200; a lead is sent once, so a failure is final"

    def form(self, payload: Payload) -> Iterator[FormField]:
        """The answers are JSON in one field of the form, and every value is a list."""
        answers = unpacked(table(payload).get("data.json"))
        for name, value in table(answers).items():
            if name not in _OWN:
                yield FormField(str(name), "", "", value)

"""Gravity Forms: entries of a WordPress form, by the number of each input or under keys chosen by hand."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.contact import Meaning
from app.form_shapes import answered, table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, joined, path
from app.webhook import Event

_INPUT = re.compile(r"(\d+)(?:\.(\d+))?")
_COLUMNS = {  # what an entry holds beside its answers
    *("id", "form_id", "post_id", "date_created", "date_updated", "is_starred", "is_read", "ip", "source_url"),
    *("user_agent", "currency", "payment_status", "payment_date", "payment_amount", "payment_method"),
    *("transaction_id", "is_fulfilled", "created_by", "transaction_type", "status"),
}


class GravityForms(Provider):
    title = "Gravity Forms"
    docs = "https://docs.gravityforms.com/triggering-webhooks-on-form-submissions/"
    event_id = joined(path("form_id"), path("id"))  # a feed that is run again by hand sends the same entry
    event_type = constant("entry")
    occurred_at = path("date_created")  # UTC
    events = {"entry": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. In WordPress, open the form's *Settings > Webhooks* (the Webhooks add-on) and choose *Add New*.
2. Paste {url}; method *POST*, format *JSON*; under *Request Headers* add `Authorization` with `Bearer <secret>`. Set
   `auth = "bearer"` and the same long `secret` on the source.
3. Body: *Select Fields*, with the keys `email`, `phone`, `first_name`, `last_name` and what else there is, and with
   `id` (*Entry ID*), `form_id` (*Form ID*) and `date_created` (*Entry Date*), so that nothing is taken twice.
   *All Fields* sends numbers for names: e-mail address and name are found, a phone number only with its country code.
4. Gravity Forms signs nothing: the secret proves who sent it, and only HTTPS guards the body. One source per site."""
    delivery = "sent in the background, WordPress waits 5 s; no retries (an entry's feed can be run again by hand)"

    def ignored(self, event: Event) -> str | None:
        status = table(event.outline).get("status")
        return f"Gravity Forms marked the entry as {status}" if status in ("spam", "trash") else None

    def form(self, payload: Payload) -> Iterator[FormField]:
        inputs: dict[str, dict[str, Any]] = {}
        for key, value in table(payload).items():
            if match := _INPUT.fullmatch(str(key)):
                inputs.setdefault(match[1], {})[match[2] or ""] = value
            elif key not in _COLUMNS:
                yield from answered(str(key), value)
        for number, parts in inputs.items():
            yield from _field(number, parts)


def _field(number: str, parts: Mapping[str, Any]) -> Iterator[FormField]:
    """https://docs.gravityforms.com/entry-object/ -- a name has .3 and .6, and so has an address, with .1 and .5."""
    if {"3", "6"} <= parts.keys() and not {"1", "5"} & parts.keys():
        yield FormField(f"{number}.3", "", "first name", parts["3"])
        yield FormField(f"{number}.6", "", "last name", parts["6"])
    elif parts.keys() == {"1", "2", "3"} and parts["1"] in ("1", ""):  # consent: ticked or not, the text, its revision
        yield FormField(number, str(parts["2"]), "consent", parts["1"] == "1")
    else:
        for part, value in parts.items():  # a ticked box sends its own text, an unticked one nothing
            box = FormField(f"{number}.{part}".rstrip("."), str(value), "", value)
            yield box if part and box.asks_for("marketing") else FormField(box.key, "", "", value)

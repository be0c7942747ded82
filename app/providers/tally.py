"""Tally: answers to a form, each with its label and type beside it."""

from collections.abc import Iterator
from typing import Any

from app.contact import Meaning
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, lookup, path
from app.signatures import Hmac

_fields = lookup("data.fields")


class Tally(Provider):
    title = "Tally"
    docs = "https://tally.so/help/webhooks"
    signature = Hmac("Tally-Signature", encoding="base64")
    event_id = path("eventId")
    event_type = path("eventType")
    occurred_at = first(path("data.createdAt"), path("createdAt"))
    events = {"FORM_RESPONSE": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Open the form in Tally, then *Integrations*, and choose *Connect* beside *Webhooks*.
2. Paste {url} as the endpoint.
3. Switch *Add a signing secret* on, make up a long one, and put the same one into `secret`.
4. The person is found by the type of a question (e-mail, phone number) and by its label (name, newsletter)."""
    delivery = "answers within 10 s; 5 retries, after 5 min, 30 min, 1 h, 6 h and 1 day"

    def form(self, payload: Payload) -> Iterator[FormField]:
        fields = _fields(payload)
        rows = [row for row in fields if isinstance(row, dict)] if isinstance(fields, list) else []
        # the e-mail address and the name of a payment are the payer's: they stand behind the form's own questions
        for row in sorted(rows, key=lambda row: row.get("type") == "PAYMENT"):
            key, label, kind = (str(row.get(name) or "") for name in ("key", "label", "type"))
            yield FormField(key, label, kind, _value(row))


def _value(row: dict[str, Any]) -> Any:
    """A choice comes as a list of option ids, their texts beside it; a box has a row of its own with yes or no."""
    value, options = row.get("value"), row.get("options")
    if not isinstance(value, list) or not isinstance(options, list):
        return value
    texts = {str(option.get("id")): option.get("text") for option in options if isinstance(option, dict)}
    return [texts.get(str(chosen)) for chosen in value]

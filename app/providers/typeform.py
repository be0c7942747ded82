"""Typeform: answers to a form, typed, with the questions in a list of their own."""

from collections.abc import Iterator
from typing import Any

from app.contact import Meaning
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, lookup, path
from app.signatures import Hmac

_answers, _questions = lookup("form_response.answers"), lookup("form_response.definition.fields")
_hidden = lookup("form_response.hidden")


class Typeform(Provider):
    title = "Typeform"
    docs = "https://www.typeform.com/developers/webhooks/"
    signature = Hmac("Typeform-Signature", prefix="sha256=", encoding="base64")
    # a submission sent again by hand gets a new event_id, its token stays; parts of one response share the token
    event_id = first(
        path("event_type == 'form_response' && form_response.token && join('/', [form_response.token, event_type])"),
        path("event_id"),
    )
    event_type = path("event_type")
    occurred_at = first(path("form_response.submitted_at"), path("form_response.landed_at"))
    events = {
        "form_response": Rule(Meaning.SIGNED_UP),
        "form_response_partial": Rule(Meaning.SIGNED_UP, nobody="a part of the answers, without e-mail or phone yet"),
    }
    setup = """\
1. Open the form in Typeform, then *Connect > Webhooks*, and choose *Add a webhook*.
2. Paste {url} and save; then switch the webhook on (it starts switched off).
3. Choose *Edit*, make up a long secret, and put the same one into `secret`.
4. The person is found by the type of a question (e-mail, phone number) and by its words (name, newsletter)."""
    delivery = "answers within 30 s; retries for 10 hours; 404 and 410 switch the webhook off"

    def form(self, payload: Payload) -> Iterator[FormField]:
        titles = dict(_titles(_questions(payload)))
        for answer in _dicts(_answers(payload)):
            field = answer["field"] if isinstance(answer.get("field"), dict) else {}
            title, ref = titles.get(str(field.get("id")), ""), field.get("ref") or field.get("id")
            yield FormField(str(ref), title, str(answer.get("type", "")), _value(answer))
        hidden = _hidden(payload)
        for name, value in hidden.items() if isinstance(hidden, dict) else ():
            yield FormField(str(name), "", "", value)


def _value(answer: dict[str, Any]) -> Any:
    value = answer.get(str(answer.get("type")))
    if isinstance(value, dict):  # choice: {label}; choices: {labels}; either with "other"
        return value.get("label") or value.get("labels") or value.get("other")
    return value


def _titles(questions: Any) -> Iterator[tuple[str, str]]:
    """Each question's title by its id, those inside groups (names, contact info) too."""
    for question in _dicts(questions):
        yield str(question.get("id")), str(question.get("title", ""))
        group = question.get("properties")
        for inner in _dicts(group.get("fields")) if isinstance(group, dict) else ():
            yield str(inner.get("id")), str(inner.get("title", ""))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [member for member in value if isinstance(member, dict)] if isinstance(value, list) else []

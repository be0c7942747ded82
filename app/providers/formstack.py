"""Formstack: submissions of a form, as a map of its labels."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from app.contact import Meaning
from app.form_shapes import answered, table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, joined, path
from app.signatures import BodyField, Hmac
from app.webhook import Webhook

_PART = re.compile(r"(\w{1,30}) = (.*)")  # how a form-encoded body writes a field in parts, a line for each
_SHARED = BodyField("HandshakeKey")
_BESIDE = {"FormID", "UniqueID", _SHARED.field}


class Formstack(Provider):
    title = "Formstack"
    docs = "https://developers.formstack.com/docs/webhook-setup"
    signature = Hmac("X-FS-Signature", prefix="sha256=")
    event_id = joined(path("FormID"), path("UniqueID"))
    event_type = constant("submission")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Open the form in Formstack, then *Settings > Emails & Actions > Add a Webhook*, and paste {url}.
2. Content type *JSON*, field keys *Labels*; where it is offered, send the field types with them.
3. Under *HMAC Key* enter a long secret of your own, and the same one into `secret`: without a key nothing is signed.
   Leave *Custom HMAC Header* empty. The *Shared Secret* is not needed (it is not kept either).
4. Give every field a label of its own: of two with the same label Formstack sends only the last."""
    delivery = "deadline and retries are not documented; failures are mailed to the owner of the form"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        return (_SHARED.stripped(webhook),)

    def form(self, payload: Payload) -> Iterator[FormField]:
        for label, said in table(payload).items():
            typed = table(said) if "field_type" in table(said) else {"value": said, "field_type": ""}
            if label not in _BESIDE:
                yield from answered(str(label), _value(typed.get("value")), kind=str(typed["field_type"]))


def _value(value: Any) -> Any:
    """``first = Ann`` and ``last = Lee``, a line each, are a name in parts."""
    if not isinstance(value, str):
        return value
    lines = [_PART.fullmatch(line) for line in value.splitlines()]
    return {line[1]: line[2] for line in lines if line} if lines and all(lines) else value

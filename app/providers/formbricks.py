"""Formbricks: answers to a survey, by the ids of its questions."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from app.contact import At, Meaning, PersonSchema
from app.errors import VerificationError
from app.form_shapes import answered, labelled, table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import equals, header, path
from app.signatures import StandardWebhooks
from app.webhook import Reply, Webhook

_PARTIAL = "answers of a survey that is not finished; responseFinished brings them all"
_CONTACT_INFO = ("first name", "last name", "email", "phone", "company")
_TEST = b'{"event":"testEndpoint"}'


class Respondent(PersonSchema):
    """The person is found among the answers; where they are helps with a phone number."""

    region = At("data.meta.country")


class Formbricks(Provider):
    title = "Formbricks"
    docs = "https://formbricks.com/docs/xm-and-surveys/core-features/integrations/webhooks"
    signature = StandardWebhooks()
    event_id = header("webhook-id")
    event_type = path("event")
    occurred_at = path("data.updatedAt")
    test = equals(path("event"), "testEndpoint")
    events = {"responseFinished": Rule(Meaning.SIGNED_UP, Respondent, "a survey that names nobody")}
    ignores = {"responseCreated": _PARTIAL, "responseUpdated": _PARTIAL}
    setup = """\
1. In Formbricks, open *Configuration > Integrations > Webhooks* and choose *Add Webhook*.
2. Paste {url}, tick *Response Finished* only, and choose the surveys. Saving tests the address.
3. Copy the secret that is shown then (`whsec_…`) into `secret`. A webhook made before there were secrets signs
   nothing: delete it and add it again.
4. Questions have ids and no labels here: give them custom ids that say what they ask for (email, name, newsletter),
   or use a *Contact Info* question."""
    delivery = "answers within 5 s; 3 attempts, the pauses growing from 5 s; redirects are failures"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:
        """A webhook is only saved when its test got 2xx, and only then is its secret known: it cannot verify yet."""
        if webhook.body.strip() != _TEST:
            return None
        try:
            self.signature.verify(webhook, tuple(secrets), datetime.now(UTC))
        except VerificationError:
            return Reply()
        return None  # verified: it is kept and shown as a test

    def form(self, payload: Payload) -> Iterator[FormField]:
        data = table(table(payload).get("data"))
        for name, value in table(data.get("data")).items():
            yield from _contact_info(value) if _is_contact_info(value) else answered(str(name), value)
        yield from labelled(data.get("contactAttributes"))


def _is_contact_info(value: Any) -> bool:
    texts = isinstance(value, list) and len(value) == len(_CONTACT_INFO) and all(isinstance(v, str) for v in value)
    return texts and ("@" in value[2] or value[3][:1] == "+")


def _contact_info(value: list[str]) -> Iterator[FormField]:
    yield from (FormField(kind, "", kind, text) for kind, text in zip(_CONTACT_INFO, value, strict=True))

"""Memberstack: members of a website, with fields that each site makes up itself."""

from collections.abc import Iterator

from app.contact import At, Meaning, PersonSchema
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, header, lookup, path
from app.signatures import StandardWebhooks

# One page of the documentation calls it data, another payload: both are read.
_fields = lookup("(data || payload).customFields")


class Member(PersonSchema):
    user_id = At("(data || payload).id")
    email = At("(data || payload).auth.email")


class Memberstack(Provider):
    title = "Memberstack"
    docs = "https://docs.memberstack.com/hc/en-us/articles/7329156946587-Webhooks"
    signature = StandardWebhooks(family="svix")
    event_id = first(header("svix-id"), header("webhook-id"))
    event_type = path("event")
    occurred_at = path("timestamp")
    events = {
        "member.created": Rule(Meaning.SIGNED_UP, Member),
        "member.updated": Rule(Meaning.UPDATED, Member),
    }
    ignores = {
        "member.deleted": "an account was deleted: no request to be forgotten",
        "member.plan*": "names a member by number only; member.created and member.updated tell of the person",
    }
    setup = """\
1. In the Memberstack Dashboard, open *Dev Tools > Webhooks* and add an endpoint.
2. Paste {url} and choose `member.created` and `member.updated`.
3. Copy the signing secret (`whsec_…`) into `secret`.
4. Name, phone and consent are found among the *custom fields* by their keys (`first-name`, `phone`, `newsletter`); for
   others, say where they are under `[sources.<name>.contact]`.
5. The old signature in `ms-signature` is not read: Memberstack sends the one in `svix-signature` beside it."""
    delivery = "as Svix sends: answers within 15 s; retries after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h"

    def form(self, payload: Payload) -> Iterator[FormField]:
        fields = _fields(payload)
        for name, value in fields.items() if isinstance(fields, dict) else ():
            yield FormField(str(name), "", "", value)

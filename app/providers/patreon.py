"""Patreon: members and pledges of a creator's campaign."""

from typing import Any

from app.contact import At, Finding, Meaning, PersonSchema
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import body_hash, header, joined, lookup, path
from app.signatures import Hmac

_relations, _included = lookup("data.relationships"), lookup("included")
_NOBODY = "Patreon tells no e-mail address: the webhook's client lacks the scope campaigns.members[email]"
_ENDED = "a membership or a pledge ended; its person stays"


class Related(At):
    """The member's own attribute; else that of the patron among ``included``, where the creator may be as well."""

    def __init__(self, relation: str, attribute: str, *texts: str) -> None:
        self.origin = f"included[?type == '{relation}'].attributes.{attribute}"
        super().__init__(*texts, self.origin)  # for reading: JMESPath cannot look up the patron's id
        self.relations, self.member = (relation, "patron"), attribute

    def look(self, payload: Payload) -> Finding | None:
        found = next((e.find(payload) for e in self.expressions[:-1] if self.says(e.find(payload))), None)
        if found is not None:
            return Finding(found, self.expressions[0].text)
        value = _attributes(payload, self.relations).get(self.member)
        return Finding(value, self.origin) if self.says(value) else None


def _attributes(payload: Payload, relations: tuple[str, ...]) -> dict[str, Any]:
    """Of the resource in ``included`` that one of these relations points at."""
    known, included = _relations(payload), _included(payload)
    related = [known.get(name) for name in relations] if isinstance(known, dict) else []
    wanted = [r["data"] for r in related if isinstance(r, dict) and isinstance(r.get("data"), dict)]
    for one in included if isinstance(included, list) else ():
        if isinstance(one, dict) and any(all(one.get(k) == w.get(k) for k in ("type", "id")) for w in wanted):
            attributes = one.get("attributes")
            return attributes if isinstance(attributes, dict) else {}
    return {}


class Member(PersonSchema):
    """The id is the patron's own: members and pledges come and go, and several of them may be one person's."""

    user_id = At("data.relationships.user.data.id", "data.relationships.patron.data.id")
    name = Related("user", "full_name", "data.attributes.full_name")
    email = Related("user", "email", "data.attributes.email")
    phone = Related("address", "phone_number")
    region = Related("address", "country")


_NEW, _NEWS = Rule(Meaning.SIGNED_UP, Member, _NOBODY), Rule(Meaning.UPDATED, Member, _NOBODY)


class Patreon(Provider):
    title = "Patreon"
    docs = "https://docs.patreon.com/#webhooks"
    signature = Hmac("X-Patreon-Signature", algorithm="md5")
    event_id = joined(header("X-Patreon-Event"), path("data.id"), body_hash)  # there is none of its own
    event_type = header("X-Patreon-Event")
    events = {
        **dict.fromkeys(("members:create", "members:pledge:create", "pledges:create"), _NEW),
        **dict.fromkeys(("members:update", "members:pledge:update", "pledges:update"), _NEWS),
    }
    ignores = {"members:*": _ENDED, "pledges:*": _ENDED, "posts:*": "a post, not a person"}
    setup = """\
1. On Patreon, open *patreon.com/portal/registration/register-webhooks* and paste {url}.
2. Tick `members:create`, `members:update`, `members:pledge:create` and `members:pledge:update`.
3. Copy the webhook's secret into `secret`. E-mail addresses come only with the scope `campaigns.members[email]`.
4. The body is signed (HMAC-MD5: it is all that Patreon has), the name of the event in its header is not."""
    delivery = "retries after 1 h, 3 h, 1 day, 3 days and three times 1 week, then pauses until sent by hand"

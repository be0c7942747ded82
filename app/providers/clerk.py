"""Clerk: users, waiting lists and accepted invitations of an application."""

from app.contact import At, Finding, Meaning, PersonSchema
from app.expressions import expression
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, header, path
from app.signatures import StandardWebhooks

_INVITED = "invited, not signed up; when the person accepts, organizationInvitation.accepted and user.created follow"


class Primary(At):
    """The e-mail address or phone number that the user made the primary one; the first may be another."""

    def __init__(self, one: str, many: str) -> None:
        super().__init__(f"data.{many}[?id == primary_{one}_id].{one}")  # for reading: JMESPath cannot look outside
        self.one, self.entries, self.chosen = (
            one,
            expression(f"data.{many}[]"),
            expression(f"data.primary_{one}_id"),
        )

    def look(self, payload: Payload) -> Finding | None:
        chosen = self.chosen.find(payload)
        entries = [entry for entry in self.entries.find(payload) or () if isinstance(entry, dict)]
        found = next((e.get(self.one) for e in entries if chosen is not None and e.get("id") == chosen), None)
        return Finding(found, self.expressions[0].text) if self.says(found) else None


class User(PersonSchema):
    user_id = At("data.id")
    name = At("join(' ', [data.first_name, data.last_name])")
    email = Primary("email_address", "email_addresses")
    phone = Primary("phone_number", "phone_numbers")


class Invited(PersonSchema):
    """Somebody on a waiting list or with an invitation: the ids there are not the person's."""

    email = At("data.email_address")


class Clerk(Provider):
    title = "Clerk"
    docs = "https://clerk.com/docs/guides/development/webhooks/overview"
    signature = StandardWebhooks(family="svix")
    event_id = first(header("svix-id"), header("webhook-id"))
    event_type = path("type")
    occurred_at = path("timestamp")
    # the dashboard sends an example of its own
    test = path("data.email_addresses[?email_address == 'example@example.org'] | [0]")
    events = {
        "user.created": Rule(Meaning.SIGNED_UP, User),
        "user.updated": Rule(Meaning.UPDATED, User),
        "user.deleted": Rule(Meaning.ERASE, User),
        "waitlistEntry.created": Rule(Meaning.SIGNED_UP, Invited),
        "waitlistEntry.updated": Rule(Meaning.UPDATED, Invited),
        "organizationInvitation.accepted": Rule(Meaning.SIGNED_UP, Invited),
    }
    ignores = {
        "organizationInvitation.*": _INVITED,
        "organizationMembership.*": "a membership of a user; user.* tells of the person",
        "session.*": "a visit, not a sign-up",
    }
    setup = """\
1. In the Clerk Dashboard, open *Configure > Webhooks* and choose *Add Endpoint*.
2. Paste {url} and subscribe to `user.created`, `user.updated` and `user.deleted`.
3. Choose *Create*, and copy the *Signing Secret* (`whsec_…`) into `secret`."""
    delivery = "answers within 15 s; retries after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h"

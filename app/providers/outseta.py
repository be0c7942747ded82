"""Outseta: accounts and the people in them; the address has to say which event it is for."""

from collections.abc import Iterable

from app.batches import split
from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import body_hash, first, joined, path, query
from app.signatures import Hmac
from app.webhook import Webhook

_NOBODY = "an account that names nobody's e-mail address"
_DELETED = "deleted in Outseta: no request to be forgotten"


class Account(PersonSchema):
    """One of the account's people (see ``parts``); the account's own name is a company's."""

    user_id = At("PersonAccount[0].Person.Uid")
    name = At("PersonAccount[0].Person.FullName", "join(' ', PersonAccount[0].Person.[FirstName, LastName])")
    email = At("PersonAccount[0].Person.Email")
    phone = At("PersonAccount[0].Person.PhoneMobile", "PersonAccount[0].Person.PhoneWork")


class Person(PersonSchema):
    user_id = At("Uid")
    name = At("FullName", "join(' ', [FirstName, LastName])")
    email = At("Email")
    phone = At("PhoneMobile", "PhoneWork")


class Outseta(Provider):
    title = "Outseta"
    docs = "https://github.com/refbytes/laravel-outseta"  # no page of Outseta's own describes the body
    signature = Hmac("X-Hub-Signature-256", prefix="sha256=", key="hex")
    event_id = joined(query("event"), first(path("PersonAccount[0].Person.Uid"), path("Uid")), path("Uid"), body_hash)
    event_type = query("event")  # the body is the bare account or person, and says nothing of what happened
    occurred_at = first(path("Updated"), path("Created"))
    events = {
        "AccountCreated": Rule(Meaning.SIGNED_UP, Account, _NOBODY),
        "AccountUpdated": Rule(Meaning.UPDATED, Account, _NOBODY),
        "AccountAddPerson": Rule(Meaning.SIGNED_UP, Account, _NOBODY),
        "AccountPaidSubscriptionCreated": Rule(Meaning.UPDATED, Account, _NOBODY),
        "PersonCreated": Rule(Meaning.SIGNED_UP, Person),
        "PersonUpdated": Rule(Meaning.UPDATED, Person),
    }
    ignores = {
        "AccountDeleted": _DELETED,
        "PersonDeleted": _DELETED,
        "unknown": "Outseta does not say what happened: end the address in ?event=AccountCreated (or the like)",
    }
    setup = """\
1. In Outseta, open *Settings > Notifications*, choose *Add notification* and the activity *Account Created*.
2. As callback address paste {url}?event=AccountCreated: Outseta does not name the event, so the address must.
3. Repeat for `AccountUpdated`, `AccountAddPerson`, `PersonCreated` and `PersonUpdated`, each with its own name.
4. Copy the webhook key of *Settings > Integrations* (64 hexadecimal digits) into `secret`.
5. The body is signed, the address is not: who holds a genuine webhook could send it again under another event's name.
   No event here deletes anything. The *sign-up callback* is another thing (it wants an answer): leave it empty."""
    delivery = "wants a 2xx; how often Outseta tries again is not documented"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """An account may hold several people, each of them a contact: one event a person."""
        account = webhook.payload
        people = account.get("PersonAccount") if isinstance(account, dict) else None
        if not isinstance(people, list) or len(people) < 2:
            return (webhook,)
        return split(webhook, ({**account, "PersonAccount": [one]} for one in people))

"""WorkOS: users, waiting lists, accepted invitations and company directories of an application."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import path
from app.signatures import Hmac

_INVITED = "invited, not signed up; when the person accepts, invitation.accepted and user.created follow"


class User(PersonSchema):
    user_id = At("data.id")
    name = At("join(' ', [data.first_name, data.last_name])", "data.name")
    email = At("data.email")


class Invited(PersonSchema):
    """On a waiting list or with an invitation: the ids there are not the person's, but for who accepted."""

    user_id = At("data.accepted_user_id")
    email = At("data.email")


class Employee(PersonSchema):
    """In a company's directory: the id there is the directory's; user.created brings the user's own."""

    name = At("join(' ', [data.first_name, data.last_name])", "data.name")
    email = At("data.email", "data.emails[?primary].value | [0]", "data.emails[0].value")


_NO_EMAIL = "in the directory without an e-mail address"


class WorkOS(Provider):
    title = "WorkOS"
    docs = "https://workos.com/docs/events/data-syncing/webhooks"
    signature = Hmac(
        "WorkOS-Signature",
        signed="{timestamp}.{body}",
        fields=("t", "v1"),
        separator=", ",
        timestamp_unit="ms",
        tolerance=300,
    )
    event_id = path("id")
    event_type = path("event")
    occurred_at = path("created_at")  # events come out of order
    events = {
        "user.created": Rule(Meaning.SIGNED_UP, User),
        "user.updated": Rule(Meaning.UPDATED, User),
        "user.deleted": Rule(Meaning.ERASE, User),
        "invitation.accepted": Rule(Meaning.SIGNED_UP, Invited),
        "waitlist_user.created": Rule(Meaning.SIGNED_UP, Invited),
        "waitlist_user.approved": Rule(Meaning.UPDATED, Invited),
        "dsync.user.created": Rule(Meaning.SIGNED_UP, Employee, _NO_EMAIL),
        "dsync.user.updated": Rule(Meaning.UPDATED, Employee, _NO_EMAIL),
    }
    ignores = {
        "invitation.*": _INVITED,
        "waitlist_user.denied": "turned away from the waiting list",
        "dsync.user.deleted": "left a company's directory: no request to be forgotten; user.deleted would be one",
        "dsync.*": "a directory or a group of it; dsync.user.* and user.* tell of people",
        "organization*": "an organization or a membership; user.* tells of the person",
        "authentication.*": "a visit, not a sign-up",
        "session.*": "a visit, not a sign-up",
    }
    setup = """\
1. In the WorkOS Dashboard, open *Webhooks* and choose *Create webhook*.
2. Paste {url} and choose `user.created`, `user.updated` and `user.deleted`; add `waitlist_user.created`,
   `invitation.accepted` or `dsync.user.created` if you use them.
3. Choose *Create*, open the endpoint and copy its *Signing secret* into `secret`. Each environment has its own.
4. A test event of the Dashboard looks like any other: it makes a contact of whoever its sample names."""
    delivery = "retries for up to 3 days with growing pauses (in the sandbox: a few minutes)"

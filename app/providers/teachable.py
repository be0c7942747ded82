"""Teachable: users, leads, enrollments and sales of a school."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import body_hash, first, joined, path

_NOBODY = "names nobody's e-mail address; User.created tells of the person"
_PROGRESS = "something that a known student did, not a sign-up"


class User(PersonSchema):
    user_id = At("object.id")
    name = At("object.name", "join(' ', [object.first_name, object.last_name])")
    email = At("object.email")
    # true: refused; false is only the default. https://n8n.io/workflows/467
    consent = ConsentAt("object.unsubscribe_from_marketing_emails", granted=(), refused=(True,))


class Student(PersonSchema):
    """Who enrolled or bought: each event keeps the person in a place of its own, and the object's id is not theirs.

    https://teachable.expert/teachable-webhook-events-guide
    """

    user_id = At("object.user.id", "object.user_id")
    name = At("object.user.name", "object.name")
    email = At("object.user.email", "object.email", "object.user_email")


class Lead(Student):
    consent = ConsentAt("type == 'EmailLead.created'", refused=())  # has confirmed that they want the mails


_NEW = Rule(Meaning.SIGNED_UP, Student, _NOBODY)


class Teachable(Provider):
    title = "Teachable"
    docs = "https://docs.teachable.com/docs/available-events"
    # no page of Teachable's own describes a signature; what others describe signs re-encoded JSON, not the bytes
    event_id = first(path("hook_event_id"), joined(path("type"), path("id"), body_hash))
    event_type = path("type")
    occurred_at = path("created")
    events = {
        "User.created": Rule(Meaning.SIGNED_UP, User),
        "User.updated": Rule(Meaning.UPDATED, User),
        "User.subscribe_to_marketing_emails": Rule(Meaning.SUBSCRIBED, User),
        "User.unsubscribe_from_marketing_emails": Rule(Meaning.UNSUBSCRIBED, User),
        "EmailLead.created": Rule(Meaning.SIGNED_UP, Lead),
        **dict.fromkeys(("Enrollment.created", "Sale.created", "Transaction.created"), _NEW),
        **dict.fromkeys(("Admission.created", "AbandonedOrder.created"), _NEW),
    }
    ignores = {
        "UserTag.*": "a tag of a user; User.* tells of the person",
        "Enrollment.*": "a course was finished or left; its student stays",
        "Admission.*": "a coaching was left; its student stays",
        "Sale.*": "a subscription ended; its student stays",
        "Transaction.*": "money was paid back; its student stays",
        **dict.fromkeys(("Comment.*", "LectureProgress.*", "Response.*"), _PROGRESS),
    }
    setup = """\
1. In `bridge.toml`, say `auth = "query"` and make up a long `secret`: how Teachable signs is not documented, so the
   secret goes into the address.
2. In Teachable, open *Settings > Webhooks* and choose *New webhook*.
3. Paste {url}?token=<secret>, and choose *New user*.
4. Repeat for *User updated*, *Email lead subscribed*, *User subscribes to marketing emails* and *User unsubscribes from
   marketing emails*; add *New enrollment* or *New sale* if you want to know of them.
5. Teachable checks the address before it sends: the webhook has to become *verified*.
6. The secret proves that the sender knows the address; nothing proves the body. Keep the address to yourself.
7. Where an event keeps its person is not confirmed by the sender's public documentation, which only names the events,
   but by what others receive: look at the first ones with `contact-bridge show`."""
    delivery = "wants a 2xx; up to 5 retries"

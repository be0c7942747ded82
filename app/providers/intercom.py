"""Intercom: users and leads of a messenger."""

from collections.abc import Iterable

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import equals, path
from app.signatures import Hmac
from app.webhook import Reply, Webhook

_NOBODY = "a visitor without e-mail and phone (yet)"


class Person(PersonSchema):
    user_id = At("data.item.id")
    name = At("data.item.name")
    email = At("data.item.email")
    phone = At("data.item.phone")
    # "false" is where everybody begins: no consent
    consent = ConsentAt("data.item.unsubscribed_from_emails", granted=(), refused=(True,))


_NEW, _NEWS = Rule(Meaning.SIGNED_UP, Person, _NOBODY), Rule(Meaning.UPDATED, Person, _NOBODY)
_TOPICS = ("contact.created", "contact.user.created", "contact.lead.created", "contact.signed_up")
_CHANGES = ("contact.updated", "contact.user.updated", "contact.lead.updated", "contact.email.updated")


class Intercom(Provider):
    title = "Intercom"
    docs = "https://developers.intercom.com/docs/references/webhooks/webhook-models"
    signature = Hmac("X-Hub-Signature", algorithm="sha1", prefix="sha1=")
    event_id = path("id")  # the same in every attempt
    event_type = path("topic")
    occurred_at = path("created_at")
    test = equals(path("topic"), "ping")
    events = {
        **dict.fromkeys(_TOPICS, _NEW),
        **dict.fromkeys(_CHANGES, _NEWS),
        "contact.unsubscribed": Rule(Meaning.UNSUBSCRIBED, Person),
        "contact.subscribed": Rule(Meaning.SUBSCRIBED, Person),
    }
    ignores = {
        "contact.deleted": "deleted in Intercom: no request to be forgotten",
        "contact.*": "a tag, a merger or a bin; contact.*.updated tells of the person",
        "conversation.*": "a conversation, not a sign-up",
    }
    setup = """\
1. In Intercom's Developer Hub, open your app (one of your workspace will do): *Configure > Basic information* shows
   the *Client secret*. Put it into `secret`.
2. *Configure > Authentication*: the app needs the permission to read users.
3. *Configure > Webhooks*: paste {url} and choose the topics `contact.user.created`, `contact.lead.created`,
   `contact.signed_up`, `contact.email.updated`, `contact.unsubscribed`.
4. Save: Intercom looks at the address at once. *Send a test request* sends a ping, which makes no contact."""
    delivery = "answers within 5 s; one retry after a minute"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:  # noqa: ARG002 -- it is unsigned
        """A webhook is saved only if HEAD gets 200."""
        return Reply() if webhook.method == "HEAD" else None

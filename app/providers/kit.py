"""Kit (ConvertKit): subscribers of a newsletter."""

from collections.abc import Iterator

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.form_shapes import table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import body_hash, constant, first, joined, lookup, path, query
from app.webhook import Webhook

_fields, _event = lookup("subscriber.fields"), first(query("event"), constant("subscriber"))


class Subscriber(PersonSchema):
    user_id = At("subscriber.id")
    name = At("subscriber.first_name")
    email = At("subscriber.email_address")
    consent = ConsentAt("subscriber.state", granted=("active",), refused=("cancelled", "complained"))


def _type(webhook: Webhook) -> str:
    return str(_event(webhook)).removeprefix("subscriber.")


class Kit(Provider):
    title = "Kit (ConvertKit)"
    docs = "https://developers.kit.com/api-reference/v3/webhooks.md"
    # A subscriber and a new answer to the same question: nothing but the body tells two events apart
    event_id = joined(_type, path("subscriber.id"), body_hash)
    event_type = _type  # the body does not say it, the address does
    events = {
        "subscriber_activate": Rule(Meaning.SIGNED_UP, Subscriber),
        "form_subscribe": Rule(Meaning.SIGNED_UP, Subscriber),
        "subscriber": Rule(Meaning.SIGNED_UP, Subscriber),
        "course_subscribe": Rule(Meaning.UPDATED, Subscriber),
        "tag_add": Rule(Meaning.UPDATED, Subscriber),
        "subscriber_unsubscribe": Rule(Meaning.UNSUBSCRIBED, Subscriber),
        "subscriber_complain": Rule(Meaning.UNSUBSCRIBED, Subscriber),
    }
    ignores = {
        "subscriber_bounce": "an address that does not work (any more); the person has said nothing",
        "*": "a click, a purchase or a tag taken away: not a sign-up",
    }
    setup = """\
1. Make up a long secret and put it into `secret`; say `auth = "query"`: Kit signs nothing, the secret is part of the
   address. Whoever knows the address can post, so keep it to yourself.
2. Kit does not say which event it sends: the address has to. For each event make a webhook of its own with
   `POST https://api.kit.com/v4/webhooks` (header `X-Kit-Api-Key`), whose `target_url` ends in the event's name:
   {url}?token=<secret>&event=subscriber_activate for the `event` with the `name` `subscriber.subscriber_activate`.
3. Do the same with `subscriber_unsubscribe`, and with `form_subscribe`, `tag_add`, `course_subscribe`,
   `subscriber_complain` if you use them. Without `event=` in it, every webhook counts as a sign-up."""
    delivery = "deadline and retries are not documented"

    def form(self, payload: Payload) -> Iterator[FormField]:
        for name, value in table(_fields(payload)).items():
            yield FormField(str(name), "", "", value)

"""Polar: customers, members, orders and subscriptions of a payment page."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import header, path
from app.signatures import StandardWebhooks

_TEAM = "a team's customer without an e-mail address of its own; member.* tells of its people"


class Customer(PersonSchema):
    """Polar asks neither for a phone number nor for consent."""

    user_id = At("data.id")
    name = At("data.name", "data.billing_name")
    email = At("data.email")


class Member(PersonSchema):
    """One of a team's people: the id is the member's, not the customer's.

    https://github.com/polarsource/polar/blob/main/server/polar/member/schemas.py
    """

    user_id = At("data.id")
    name = At("data.name")
    email = At("data.email")


class Buyer(PersonSchema):
    user_id = At("data.customer.id", "data.customer_id")
    name = At("data.customer.name", "data.customer.billing_name")
    email = At("data.customer.email")


class Polar(Provider):
    title = "Polar"
    docs = "https://polar.sh/docs/integrate/webhooks/endpoints"
    signature = StandardWebhooks(key="utf8")  # the secret as it is shown, not decoded
    event_id = header("webhook-id")
    event_type = path("type")
    occurred_at = path("timestamp")
    events = {
        "customer.created": Rule(Meaning.SIGNED_UP, Customer, _TEAM),
        "customer.updated": Rule(Meaning.UPDATED, Customer, _TEAM),
        "customer.state_changed": Rule(Meaning.UPDATED, Customer, _TEAM),
        "member.created": Rule(Meaning.SIGNED_UP, Member),
        "member.updated": Rule(Meaning.UPDATED, Member),
        "order.paid": Rule(Meaning.SIGNED_UP, Buyer, _TEAM),
        "subscription.created": Rule(Meaning.SIGNED_UP, Buyer, _TEAM),
        "subscription.active": Rule(Meaning.UPDATED, Buyer, _TEAM),
    }
    ignores = {
        "customer.deleted": "a customer was deleted: no request to be forgotten",
        "member.deleted": "somebody left a team: no request to be forgotten",
        "customer_seat.*": "a seat of a team; member.* tells of its people",
        "checkout.*": "a visit of the checkout; order.paid tells who paid",
        "order.*": "order.paid tells who paid",
        "subscription.*": "news of a subscription; its person came when it was created",
    }
    setup = """\
1. In Polar, open *Settings > Webhooks* and choose *Add Endpoint*.
2. Paste {url} and leave the format *Raw*: those for Slack and Discord hold no data.
3. Let Polar generate the secret, or set one, and copy it as it is shown into `secret`.
4. Tick `customer.created`, `customer.updated`, `order.paid`, `subscription.created`, and for teams `member.created`."""
    delivery = "answers within 10 s; 10 retries with growing pauses, and 10 failed events in a row switch it off"

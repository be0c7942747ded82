"""Ecwid by Lightspeed: customers and orders of a shop; what a webhook says is a hint, the API gives the person."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.expressions import expression
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import address, path
from app.signatures import Hmac

_API = "https://app.ecwid.com/api/v3/{store}"
_kind = expression("eventType")
_customer = address(_API + "/customers/{id}", store="storeId", id="entityId")
_order = address(_API + "/orders/{id}", store="storeId", id="data.orderId || entityId")


def _address(payload: Payload) -> str | None:
    return (_order if str(_kind.find(payload)).startswith("order.") else _customer)(payload)


class Customer(PersonSchema):
    """``data.customerEmail`` is left alone: no signature covers it."""

    user_id = At("fetched.id")
    name = At("fetched.name", "fetched.billingPerson.name")
    email = At("fetched.email")
    phone = At("fetched.billingPerson.phone")
    region = At("fetched.billingPerson.countryCode")
    consent = ConsentAt("fetched.acceptMarketing")


class Buyer(PersonSchema):
    """A guest has no customer id."""

    user_id = At("fetched.customerId")
    name = At("fetched.billingPerson.name", "fetched.shippingPerson.name")
    email = At("fetched.email")
    phone = At("fetched.billingPerson.phone", "fetched.shippingPerson.phone")
    region = At("fetched.billingPerson.countryCode", "fetched.shippingPerson.countryCode")


class NewBuyer(Buyer):  # later news of an order repeat its first answer, which may have been taken back since
    consent = ConsentAt("fetched.acceptMarketing")
    consent_at = At("fetched.createDate")


class Ecwid(Provider):
    title = "Ecwid by Lightspeed"
    docs = "https://api-docs.ecwid.com/reference/webhooks-overview"
    signature = Hmac("X-Ecwid-Webhook-Signature", signed="{payload:eventCreated}.{payload:eventId}", encoding="base64")
    event_id = path("eventId")  # signed, so that a pair that somebody caught is taken once; not always a whole UUID
    event_type = path("eventType")
    occurred_at = path("eventCreated")
    events = {
        "customer.created": Rule(Meaning.SIGNED_UP, Customer),
        "customer.updated": Rule(Meaning.UPDATED, Customer),
        "order.created": Rule(Meaning.SIGNED_UP, NewBuyer),
        "order.updated": Rule(Meaning.UPDATED, Buyer),
    }
    ignores = {
        "customer.deleted": "a customer was deleted: no request to be forgotten",
        "customer_group.*": "a group, not a person",
        "order.deleted": "an order was deleted; its person stays",
        "unfinished_order.*": "an abandoned cart comes without a number to ask for its person",
        "application.*": "news of the app, not of a person",
    }
    fetch = Fetch("app.ecwid.com", _address)
    setup = """\
1. In the Ecwid admin, open *Apps > My Apps > Develop apps* and create an app with the scopes *Read customers* and
   *Read orders*.
2. Put the app's `client_secret` into `secret`, and its secret access token (`secret_…`) into `token`.
3. In the app's settings, paste {url} as the webhook address, and choose `customer.created`, `customer.updated`,
   `order.created` and `order.updated`.
4. Ecwid signs an event's id and time, nothing else: whoever caught a signature can forge a body. So nothing in it is
   believed but which customer or order of your shop to ask for; the person comes from app.ecwid.com."""
    delivery = "answers within 10 s; 27 tries over 24 hours, and blocked after two weeks of failure"

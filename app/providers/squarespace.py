"""Squarespace: orders of a shop; its webhooks name the order, the Orders API the person."""

from app.contact import At, Meaning, PersonSchema
from app.expressions import expression
from app.providers import Fetch, Provider, Rule
from app.reading import address, path
from app.signatures import Hmac
from app.webhook import Event

_in_test_mode = expression("fetched.testmode")


class Buyer(PersonSchema):
    """An order says nothing of marketing: https://developers.squarespace.com/commerce-apis/retrieve-specific-order"""

    name = At(
        "join(' ', [fetched.billingAddress.firstName, fetched.billingAddress.lastName])",
        "join(' ', [fetched.shippingAddress.firstName, fetched.shippingAddress.lastName])",
    )
    email = At("fetched.customerEmail")
    phone = At("fetched.billingAddress.phone", "fetched.shippingAddress.phone")
    region = At("fetched.billingAddress.countryCode", "fetched.shippingAddress.countryCode")


class Squarespace(Provider):
    title = "Squarespace"
    docs = "https://developers.squarespace.com/webhooks/overview"
    signature = Hmac("Squarespace-Signature", key="hex")
    event_id = path("id")
    event_type = path("topic")
    occurred_at = path("createdOn")
    events = {
        "order.create": Rule(Meaning.SIGNED_UP, Buyer),
        "order.update": Rule(Meaning.UPDATED, Buyer),
    }
    ignores = {"extension.uninstall": "the extension was removed from the site; it says nothing of a person"}
    fetch = Fetch(
        "api.squarespace.com",
        address("https://api.squarespace.com/1.0/commerce/orders/{order}", order="data.orderId"),
        # without a User-Agent every request is refused: https://developers.squarespace.com/commerce-apis/making-requests
        {"Authorization": "Bearer {token}", "User-Agent": "contact-bridge"},
    )
    setup = """\
1. In Squarespace, open *Settings > Developer Tools > Developer API Keys* and make a key that may read *Orders*: that is
   `token`. Webhook subscriptions themselves need an OAuth token of an extension of yours.
2. With the OAuth token, `POST https://api.squarespace.com/1.0/webhook_subscriptions` with
   `{"endpointUrl": "{url}", "topics": ["order.create", "order.update"]}`.
3. The answer holds `secret` (hexadecimal), this once: put it into `secret`. Rotating it ends the old one at once.
4. A webhook names an order only: the person is read from the Orders API. Forms and newsletters send no webhooks."""
    delivery = "answers 2xx; several retries over 48 hours, then the subscription may be removed"

    def ignored(self, event: Event) -> str | None:
        return "an order in test mode" if _in_test_mode.find(event.outline) is True else None

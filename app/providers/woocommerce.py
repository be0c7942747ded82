"""WooCommerce: customers and orders of a WordPress shop."""

import re
from collections.abc import Iterable

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import body_hash, first, header, joined, path
from app.signatures import Hmac
from app.webhook import Event, Reply, Webhook

_PING = re.compile(rb"webhook_id=[0-9]{1,20}\s*")
_STAFF = {"administrator", "editor", "author", "contributor", "shop_manager"}
_NOBODY = "an order without e-mail and phone, as a shop makes them by hand"


class Customer(PersonSchema):
    """As REST API v1 to v3 say it; the legacy API wraps everything in ``customer``."""

    user_id = At("id", "customer.id")
    name = At(
        "join(' ', [first_name, last_name])",
        "join(' ', [billing.first_name, billing.last_name])",
        "join(' ', [customer.first_name, customer.last_name])",
    )
    email = At("email", "billing.email", "customer.email", "customer.billing_address.email")
    phone = At("billing.phone", "customer.billing_address.phone")
    region = At("billing.country", "customer.billing_address.country")


class Order(PersonSchema):
    """The person of an order is the one who is billed; a guest has the customer id 0."""

    user_id = At("[customer_id, order.customer_id][?@ != `0`] | [0]")
    name = At(*(f"join(' ', {place}.[first_name, last_name])" for place in ("billing", "order.billing_address")))
    email = At("billing.email", "order.billing_address.email")
    phone = At("billing.phone", "order.billing_address.phone")
    region = At("billing.country", "order.billing_address.country")


class WooCommerce(Provider):
    title = "WooCommerce"
    docs = "https://woocommerce.com/document/webhooks/"
    signature = Hmac("X-WC-Webhook-Signature", encoding="base64")
    # X-WC-Webhook-Delivery-ID is made of the second: two deliveries can share one. The date has no finer grain either.
    event_id = joined(header("X-WC-Webhook-Topic"), path("(customer || order || @).id"), body_hash)
    event_type = header("X-WC-Webhook-Topic")
    occurred_at = first(*map(path, ("date_modified_gmt", "date_created_gmt", "(customer || order).created_at")))
    events = {
        "customer.created": Rule(Meaning.SIGNED_UP, Customer),
        "customer.updated": Rule(Meaning.UPDATED, Customer),
        "order.created": Rule(Meaning.SIGNED_UP, Order, _NOBODY),
        **dict.fromkeys(("order.updated", "order.restored"), Rule(Meaning.UPDATED, Order, _NOBODY)),
    }
    ignores = {
        "customer.deleted": "an account was deleted: no request to be forgotten",
        "order.deleted": "an order was deleted; its person stays",
        "action.*": "a WordPress action names numbers only",
    }
    setup = """\
1. In WordPress, open *WooCommerce > Settings > Advanced > Webhooks* and choose *Add webhook*.
2. Status *Active*, topic *Customer created*, delivery URL {url}, API version *WP REST API v3*.
3. Make up a long secret and put the same one into `secret` (no `&`, `<`, `>` or quotes: WordPress rewrites them).
4. Save: WooCommerce pings the address at once. Repeat for *Customer updated* and *Order created*."""
    delivery = "answers within 60 s; no retries, and after 5 failures in a row the webhook is switched off"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:  # noqa: ARG002 -- it is unsigned
        """Saving a webhook sends an unsigned form with its number alone; unless it gets 200, nothing is ever sent."""
        form = webhook.content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"
        foreign = any(name.startswith("x-wc-") for name in webhook.headers)
        return Reply() if form and not foreign and _PING.fullmatch(webhook.body) else None

    def ignored(self, event: Event) -> str | None:
        payload = event.outline if isinstance(event.outline, dict) else {}
        code = payload.get("code")
        if isinstance(code, str) and code.startswith("woocommerce_rest_"):
            return "WooCommerce sent an error instead: the user who made the webhook has lost the right to see it"
        if event.event_type.startswith("customer.") and str(payload.get("role")) in _STAFF:
            return "an account of the shop's staff, not of a customer"
        return None

"""Adobe Commerce (Magento), by I/O Events: customers, newsletter subscribers and orders of a shop."""

import re
from collections.abc import Iterable

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.expressions import expression
from app.providers import Provider, Rule
from app.reading import first, path
from app.signatures import RsaSignature
from app.webhook import Event, Reply, Webhook

_TYPE = "com.adobe.commerce.observer."
_CUSTOMER = "(data.value.customer || data.value)"
_ORDER = "(data.value.order || data.value)"
_status = expression("data.value.subscriber_status")


class Customer(PersonSchema):  # only the fields that the shop chose to send; numbers come as text
    user_id = At(f"{_CUSTOMER}.entity_id", f"{_CUSTOMER}.id")
    name = At(f"join(' ', [{_CUSTOMER}.firstname, {_CUSTOMER}.lastname])")
    email = At(f"{_CUSTOMER}.email")
    phone = At(f"{_CUSTOMER}.addresses[0].telephone")
    region = At(f"{_CUSTOMER}.addresses[0].country_id")


class Registered(Customer):
    consent = ConsentAt(f"{_CUSTOMER}.extension_attributes.is_subscribed")


class Subscriber(PersonSchema):  # a guest has the customer id 0; status 1 is subscribed, 3 unsubscribed
    user_id = At("[data.value.customer_id][?@ != `0` && @ != '0'] | [0]")
    email = At("data.value.subscriber_email")
    consent = ConsentAt("data.value.subscriber_status", granted=("1", 1), refused=("3", 3))
    consent_at = At("data.value.change_status_at")


class Buyer(PersonSchema):
    user_id = At(f"{_ORDER}.customer_id")
    name = At(f"join(' ', {_ORDER}.[customer_firstname, customer_lastname])")
    email = At(f"{_ORDER}.customer_email")


class AdobeCommerce(Provider):
    title = "Adobe Commerce (I/O Events)"
    docs = "https://developer.adobe.com/commerce/extensibility/events/"
    # Adobe signs every customer's events with the same two keys, so whom an event is for counts as well.
    signature = RsaSignature(("x-adobe-digital-signature-1", "x-adobe-digital-signature-2"), "recipient_client_id")
    event_id = first(path("event_id"), path("id"))  # eventid is the first once more
    event_type = path("type")
    occurred_at = path("time")
    events = {
        f"{_TYPE}customer_register_success": Rule(Meaning.SIGNED_UP, Registered),
        f"{_TYPE}customer_save_commit_after": Rule(Meaning.UPDATED, Customer),  # also for new ones, and several times
        f"{_TYPE}newsletter_subscriber_save_commit_after": Rule(Meaning.SIGNED_UP, Subscriber),
        f"{_TYPE}checkout_submit_all_after": Rule(Meaning.SIGNED_UP, Buyer),
        f"{_TYPE}sales_order_place_after": Rule(Meaning.SIGNED_UP, Buyer),
    }
    ignores = {
        "*.customer_delete_*": "an account was deleted: no request to be forgotten",
        "*.customer_login": "a visit, not a sign-up",
    }
    setup = """\
1. In the Adobe Developer Console, open the project with *I/O Events for Adobe Commerce*. Put its *client id* and the
   public key that signs (from https://static.adobeioevents.com, where the header `x-adobe-public-key1-path` points; as
   PEM) into `secret`, one below the other. Give both keys, as two secrets.
2. Choose *Add event*, the events `observer.customer_register_success`, `observer.customer_save_commit_after`,
   `observer.checkout_submit_all_after` and `observer.newsletter_subscriber_save_commit_after`, with the fields id,
   email, firstname, lastname, addresses, and of an order customer_email, customer_firstname, customer_lastname.
   The newsletter's and `sales_order_place_after` are not confirmed by the sender's public documentation: try them.
3. Choose *Webhook* and paste {url}: Adobe's challenge is answered, and the registration becomes active."""
    delivery = "answers within 10 s; retries for 24 hours after 429 and 5xx, switched off at about 80 % failures"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:  # noqa: ARG002 -- it is unsigned
        challenge = webhook.query.get("challenge", "") if webhook.method == "GET" else ""
        return Reply(challenge) if re.fullmatch(r"[\w-]{1,100}", challenge, re.ASCII) else None

    def ignored(self, event: Event) -> str | None:
        unsure = "newsletter" in event.event_type and str(_status.find(event.outline)) not in ("1", "3")
        return "says neither yes nor no to the newsletter (yet)" if unsure else None

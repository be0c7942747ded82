"""BigCommerce: customers, newsletter subscribers and orders of a shop; its webhooks are thin."""

import re

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.expressions import expression
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import first, header, joined, path
from app.signatures import StandardWebhooks
from app.webhook import key

_RESOURCES = {"customer": "v3/customers?id:in=", "subscriber": "v3/customers/subscribers/", "order": "v2/orders/"}
_NEWSLETTER = "contains(fetched.data.consents, 'marketing_newsletter')"
_named = expression("[producer, data.type, data.id]")


def _address(payload: Payload) -> str | None:
    shop, kind, number = (key(part) or "" for part in _named.find(payload) or ("", "", ""))
    clean = re.fullmatch(r"stores/[A-Za-z0-9]{1,40}", shop) and re.fullmatch("[0-9]{1,20}", number)
    return f"https://api.bigcommerce.com/{shop}/{_RESOURCES[kind]}{number}" if clean and kind in _RESOURCES else None


class Customer(PersonSchema):  # ``accepts_product_review_abandoned_cart_emails``: two mails of the shop, no marketing
    user_id = At("data.id")
    name = At("join(' ', [fetched.data[0].first_name, fetched.data[0].last_name])")
    email = At("fetched.data[0].email")
    phone = At("fetched.data[0].phone")


class Subscriber(PersonSchema):  # counted apart from customers; of a deleted one nothing is left but its number
    user_id = At("join('/', ['subscriber', to_string(data.id)])")
    name = At("join(' ', [fetched.data.first_name, fetched.data.last_name])")
    email = At("fetched.data.email")
    consent = ConsentAt(_NEWSLETTER, refused=())  # whoever never ticked the box did not refuse


class Resubscriber(Subscriber):
    consent = ConsentAt(_NEWSLETTER)  # "if the consents array is empty, the user has unsubscribed"


class Order(PersonSchema):  # the person is the one who is billed; a guest has the customer id 0
    user_id = At("[fetched.customer_id][?@ != `0`] | [0]")
    name = At("join(' ', [fetched.billing_address.first_name, fetched.billing_address.last_name])")
    email = At("fetched.billing_address.email")
    phone = At("fetched.billing_address.phone")
    region = At("fetched.billing_address.country_iso2")


class BigCommerce(Provider):
    title = "BigCommerce"
    docs = "https://developer.bigcommerce.com/docs/integrations/webhooks"
    signature = StandardWebhooks(key="utf8")  # the client secret's own bytes
    event_id = first(header("webhook-id"), joined(*map(path, ("scope", "hash", "created_at"))))
    event_type = path("scope")
    occurred_at = path("created_at")
    events = {
        "store/customer/created": Rule(Meaning.SIGNED_UP, Customer),
        "store/customer/updated": Rule(Meaning.UPDATED, Customer),
        "store/subscriber/created": Rule(Meaning.SIGNED_UP, Subscriber),
        "store/subscriber/updated": Rule(Meaning.UPDATED, Resubscriber),
        "store/subscriber/deleted": Rule(Meaning.UNSUBSCRIBED, Subscriber),
        "store/order/created": Rule(Meaning.SIGNED_UP, Order),  # also begun and not paid
        "store/order/updated": Rule(Meaning.UPDATED, Order),
    }
    ignores = {
        "store/customer/deleted": "an account was deleted: no request to be forgotten",
        "store/customer/*": "a part of a customer; store/customer/updated tells of the person",
        "store/cart/*": "a cart names nobody that one request could find",
    }
    fetch = Fetch("api.bigcommerce.com", _address, {"X-Auth-Token": "{token}", "Accept": "application/json"})
    setup = """\
1. In the control panel, open *Settings > Store-level API accounts* and create an account that may read *Customers*,
   *Orders* and *Information & Settings*. Put its *client secret* into `secret` and its *access token* into `token`.
2. With that token, `POST https://api.bigcommerce.com/stores/<hash>/v3/hooks` once for each scope:
   `{"scope": "store/customer/created", "destination": "{url}", "is_active": true}`; likewise `store/customer/updated`,
   `store/subscriber/created`, `store/subscriber/deleted`, `store/order/created`. The address must be https on port 443.
3. A webhook says only who changed: the person is read from BigCommerce's API."""
    delivery = "answers 200 at once; 11 retries over 2 days, then the webhook is switched off and a mail is sent"

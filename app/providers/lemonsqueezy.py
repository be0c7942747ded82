"""Lemon Squeezy: buyers, subscribers and customers of a shop for digital goods."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import joined, path
from app.signatures import Hmac


class Buyer(PersonSchema):
    """Orders, subscriptions and licence keys name their buyer alike; none says anything of marketing."""

    user_id = At("data.attributes.customer_id")
    name = At("data.attributes.user_name")
    email = At("data.attributes.user_email")


class Customer(PersonSchema):
    """https://docs.lemonsqueezy.com/api/customers/the-customer-object"""

    user_id = At("data.id")
    name = At("data.attributes.name")
    email = At("data.attributes.email")
    consent = ConsentAt("data.attributes.status", granted=("subscribed",), refused=("unsubscribed",))


class LemonSqueezy(Provider):
    title = "Lemon Squeezy"
    docs = "https://docs.lemonsqueezy.com/help/webhooks/webhook-requests"
    signature = Hmac("X-Signature")
    # There is no id of its own: what changed, and when, is the event. A retry sends the same bytes.
    event_id = joined(*map(path, ("meta.event_name", "data.type", "data.id", "data.attributes.updated_at")))
    event_type = path("meta.event_name")  # X-Event-Name says the same, unsigned
    occurred_at = path("data.attributes.updated_at")
    test = path("meta.test_mode || data.attributes.test_mode")
    events = {
        "order_created": Rule(Meaning.SIGNED_UP, Buyer),
        "subscription_created": Rule(Meaning.SIGNED_UP, Buyer),  # an order_created comes along, of the same customer
        "subscription_updated": Rule(Meaning.UPDATED, Buyer),
        "license_key_created": Rule(Meaning.SIGNED_UP, Buyer),
        "license_key_updated": Rule(Meaning.UPDATED, Buyer),
        "customer_updated": Rule(Meaning.UPDATED, Customer),
    }
    ignores = {
        "order_refunded": "a refund; its person came with order_created",
        "subscription_payment_*": "a payment; its person came with subscription_created",
        "subscription_*": "subscription_updated comes along and says the same of the person",
        "affiliate_*": "a partner of the shop, not a customer",
    }
    setup = """\
1. In Lemon Squeezy, open *Settings > Webhooks* and choose the plus sign. Test mode has webhooks of its own.
2. Paste {url}, make up a signing secret of 6 to 40 characters, and put the same one into `secret`.
3. Tick `order_created`, `subscription_created`, `subscription_updated` and `license_key_created`, and save.
4. What happens in test mode is shown as a test and creates nobody."""
    delivery = "answers 200, nothing else; 3 retries after 5, 25 and 125 s, later only by hand in the dashboard"

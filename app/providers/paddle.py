"""Paddle Billing: customers of a checkout."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import path
from app.signatures import Hmac

_NUMBER = "names a customer by number only; customer.* tells of the person"


class Customer(PersonSchema):
    """Paddle asks for no phone number, and often for the name only after the customer was made."""

    user_id = At("data.id")
    name = At("data.name")
    email = At("data.email")
    consent = ConsentAt("data.marketing_consent")


class Paddle(Provider):
    title = "Paddle Billing"
    docs = "https://developer.paddle.com/webhooks/overview"
    # Paddle's own libraries allow 5 s, which refuses what was queued: https://github.com/PaddleHQ/paddle-node-sdk/issues/30
    signature = Hmac("Paddle-Signature", signed="{timestamp}:{body}", fields=("ts", "h1"), separator=";", tolerance=300)
    event_id = path("event_id")  # notification_id differs from one destination to the next
    event_type = path("event_type")
    occurred_at = path("occurred_at")
    events = {
        "customer.created": Rule(Meaning.SIGNED_UP, Customer),
        "customer.imported": Rule(Meaning.SIGNED_UP, Customer),
        "customer.updated": Rule(Meaning.UPDATED, Customer),
    }
    ignores = {
        "business.*": "a company of a customer, with addresses for its invoices; customer.* tells of the person",
        **dict.fromkeys(("address.*", "subscription.*", "transaction.*", "adjustment.*"), _NUMBER),
    }
    setup = """\
1. In Paddle, open *Developer tools > Notifications* and choose *New destination*.
2. Type *Webhook*, URL {url}, and tick `customer.created`, `customer.updated` and `customer.imported`.
3. Save, choose *Edit destination* and copy the *secret key* (`pdl_ntfset_…`) whole into `secret`; the sandbox has
   its own.
4. This is for Paddle Billing; Paddle Classic signs in another way and is not understood."""
    delivery = "answers within 5 s; 60 retries over 3 days (the sandbox: 3 in 15 minutes)"

"""Shopify: customers, consent, orders and abandoned checkouts of an online shop."""

from app.contact import At, ConsentAt, Finding, Meaning, PersonSchema
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import equals, first, header, path
from app.signatures import Hmac

_EMAIL, _PHONE = "email_marketing_consent", "(sms_marketing_consent || whats_app_marketing_consent)"
_YES, _NO = ("subscribed", True), ("unsubscribed", "not_subscribed", "redacted", False)  # pending, invalid: neither
_CONSENTS = tuple(f"customers_{way}marketing_consent/update" for way in ("email_", "", "whats_app_"))
_NOBODY = "nobody is named in it (yet): a point of sale, a draft, or a checkout just begun"
_NUMBER = "names a customer by number only; what there is to know came with customers/*"


class Customer(PersonSchema):
    user_id = At("customer_id", "id")
    name = At("join(' ', [first_name, last_name])", "default_address.name")
    email = At("email", "email_address")
    phone = At("phone", "default_address.phone")
    region = At("default_address.country_code")
    consent = ConsentAt(f"{_EMAIL}.state", f"{_PHONE}.state", "accepts_marketing", granted=_YES, refused=_NO)
    consent_at = At(f"{_EMAIL}.consent_updated_at", f"{_PHONE}.consent_updated_at", "accepts_marketing_updated_at")


class Buyer(PersonSchema):
    user_id = At("customer.id")
    name = At("join(' ', [customer.first_name, customer.last_name])")
    email = At("customer.email")
    phone = At("customer.phone")
    region = At("customer.default_address.country_code", "billing_address.country_code")


class Order(PersonSchema):  # one source for the whole person, as they may be two: the customer, for a guest the order
    name = At("billing_address.name", "shipping_address.name")
    email = At("email", "contact_email")
    phone = At("phone", "sms_marketing_phone", "billing_address.phone", "shipping_address.phone")
    region = At("billing_address.country_code", "shipping_address.country_code")

    def find(self, payload: Payload) -> dict[str, Finding]:
        guest, buyer = super().find(payload), Buyer().find(payload)
        consent = {name: found for name, found in guest.items() if name.startswith("consent")}
        return buyer | consent if "email" in buyer or "phone" in buyer else guest


class NewOrder(Order):  # later news of an order repeat its first yes, which may have been taken back since
    consent = ConsentAt("buyer_accepts_marketing")
    consent_at = At("created_at")


class Shopify(Provider):
    title = "Shopify"
    docs = "https://shopify.dev/docs/api/webhooks/latest"
    signature = Hmac("X-Shopify-Hmac-Sha256", encoding="base64", alternative_header="Shopify-Hmac-Sha256")
    event_id = header("X-Shopify-Webhook-Id", "Shopify-Webhook-Id")  # the next generation: without X-, or both
    event_type = header("X-Shopify-Topic", "Shopify-Topic")
    occurred_at = first(path("updated_at"), header("X-Shopify-Triggered-At", "Shopify-Triggered-At"))
    test = equals(header("X-Shopify-Test"), "true")
    events = {
        "customers/create": Rule(Meaning.SIGNED_UP, Customer),
        **dict.fromkeys(("customers/update", "customers/enable", "customers/disable"), Rule(Meaning.UPDATED, Customer)),
        **dict.fromkeys(_CONSENTS, Rule(Meaning.CONSENT, Customer)),
        **dict.fromkeys(("orders/create", "checkouts/create"), Rule(Meaning.SIGNED_UP, NewOrder, _NOBODY)),
        **dict.fromkeys(("orders/paid", "orders/updated"), Rule(Meaning.UPDATED, Order, _NOBODY)),
        "checkouts/update": Rule(Meaning.UPDATED, NewOrder, _NOBODY),
        "customers/redact": Rule(Meaning.ERASE, Buyer),
        "shop/redact": Rule(Meaning.ERASE_SOURCE),
    }
    chores = {"customers/data_request": "a person asks for their data: find it with `contact-bridge events --person …`"}
    ignores = {
        "customers/delete": "deleted in the shop; customers/redact follows if the person must be forgotten",
        "customers/merge": "names two customers by number only; the kept one's update follows a completed merge",
        **dict.fromkeys(("customers/purchasing_summary", "customer.*", "company_contacts/*"), _NUMBER),
        "app/uninstalled": "the app was removed; shop/redact follows after 48 hours",
    }
    setup = """\
1. In Shopify, open *Settings > Notifications > Webhooks*, choose *Create webhook* and an event (*Customer creation*
   to begin with), the format JSON, and paste {url}. The secret below the list (an app's client secret) is `secret`.
2. Repeat for customer update, order creation and checkout creation; an app also takes the three privacy topics."""
    delivery = "answers within 5 s; 8 retries over 4 hours, then a subscription of an app may be removed"

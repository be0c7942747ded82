"""Stripe: customers, checkouts, invoices, charges and connected accounts of a payment page."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import equals, path
from app.signatures import Hmac

_NOBODY = "names neither e-mail nor phone (yet); customer.updated follows when there is one"


class Customer(PersonSchema):
    """A customer; or a connected account (``individual``), or one person of it (names of their own)."""

    user_id = At("data.object.id")
    name = At(
        "data.object.name || data.object.shipping.name",
        "join(' ', [data.object.first_name, data.object.last_name])",
        "join(' ', [data.object.individual.first_name, data.object.individual.last_name])",
        "data.object.business_profile.name",
    )
    email = At("data.object.email", "data.object.individual.email")
    phone = At("data.object.phone", "data.object.shipping.phone", "data.object.individual.phone")
    region = At("data.object.address.country", "data.object.shipping.address.country", "data.object.country")


class Checkout(PersonSchema):
    """A guest has no customer; ``customer_email`` is only what the merchant filled in beforehand."""

    user_id = At("data.object.customer.id", "data.object.customer")
    name = At("data.object.customer_details.name", "data.object.customer_details.individual_name")
    email = At("data.object.customer_details.email", "data.object.customer_email")
    phone = At("data.object.customer_details.phone")
    region = At("data.object.customer_details.address.country")


class Decided(Checkout):  # later news of a session repeat its first answer, which may have been taken back since
    consent = ConsentAt("data.object.consent.promotions", granted=("opt_in",), refused=("opt_out",))
    consent_at = At("data.object.created")


class Payer(PersonSchema):  # who is on an invoice (``customer_…``) or paid a charge (``billing_details``)
    user_id = At("data.object.customer.id", "data.object.customer")
    name = At("data.object.customer_name", "data.object.billing_details.name")
    email = At("data.object.customer_email", "data.object.billing_details.email", "data.object.receipt_email")
    phone = At("data.object.customer_phone", "data.object.billing_details.phone")
    region = At("data.object.customer_address.country", "data.object.billing_details.address.country")


_NEW, _NEWS = Rule(Meaning.SIGNED_UP, Customer, _NOBODY), Rule(Meaning.UPDATED, Customer, _NOBODY)
_LATER = Rule(Meaning.UPDATED, Checkout, _NOBODY)


class Stripe(Provider):
    title = "Stripe"
    docs = "https://docs.stripe.com/webhooks"
    signature = Hmac("Stripe-Signature", signed="{timestamp}.{body}", fields=("t", "v1"), tolerance=300)
    event_id = path("id")  # two events of one change have two ids; they lead to one contact, and nothing new is sent
    event_type = path("type")
    occurred_at = path("created")
    test = equals(path("id"), "evt_00000000000000")  # "Send test webhook" of older dashboards
    events = {
        **dict.fromkeys(("customer.created", "person.created"), _NEW),
        **dict.fromkeys(("customer.updated", "person.updated", "account.updated"), _NEWS),
        "customer.deleted": Rule(Meaning.ERASE, Customer),
        **{f"checkout.session.{how}": Rule(Meaning.SIGNED_UP, Decided, _NOBODY) for how in ("completed", "expired")},
        **{f"checkout.session.async_payment_{how}": _LATER for how in ("succeeded", "failed")},
        **dict.fromkeys(("invoice.paid", "charge.succeeded"), Rule(Meaning.UPDATED, Payer, _NOBODY)),
    }
    ignores = {
        "v2.*": "a thin event: it names an object of Stripe's API and nobody's data",
        "customer.subscription.*": "names a customer by number only; customer.* and checkout.session.* name the person",
        "payment_intent.*": "a payment; charge.succeeded names the person who paid",
        **dict.fromkeys(("identity.*", "billing_portal.*"), "a check or a visit, not a sign-up"),
    }
    setup = """\
1. In the Stripe Dashboard, open *Workbench > Webhooks* and choose *Add destination*.
2. Choose *Your account* and the events `customer.created`, `customer.updated`, `customer.deleted` and
   `checkout.session.completed`, and others that you use. Choose *Webhook endpoint*, paste {url} and save.
3. Reveal the signing secret (`whsec_…`) and copy it whole into `secret`. Test and live mode have different ones."""
    delivery = "answers within seconds; retries for 3 days with growing pauses (a sandbox: 3 times in a few hours)"

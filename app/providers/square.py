"""Square: customers and members of a loyalty programme of a shop."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import equals, path
from app.signatures import Hmac

_NUMBER = "names a customer by number at most; customer.* tells of the person"


class Customer(PersonSchema):
    """``email_unsubscribed`` false is no yes: it is what everybody begins with."""

    user_id = At("data.object.customer.id")
    name = At(
        "join(' ', [data.object.customer.given_name, data.object.customer.family_name])",
        "data.object.customer.nickname",
        "data.object.customer.company_name",
    )
    email = At("data.object.customer.email_address")
    phone = At("data.object.customer.phone_number")  # as the seller typed it
    region = At("data.object.customer.address.country")
    consent = ConsentAt("data.object.customer.preferences.email_unsubscribed", granted=(), refused=(True,))


class Member(PersonSchema):
    """A loyalty account is joined with a phone number at the till."""

    user_id = At("data.object.loyalty_account.customer_id")
    phone = At("data.object.loyalty_account.mapping.phone_number")


_NOBODY = "an instant profile: Square knows a card, and neither e-mail nor phone"


class Square(Provider):
    title = "Square"
    docs = "https://developer.squareup.com/docs/webhooks/overview"
    signature = Hmac("x-square-hmacsha256-signature", signed="{url}{body}", encoding="base64")
    event_id = path("event_id")
    event_type = path("type")
    occurred_at = path("created_at")
    test = equals(path("type"), "webhooks.test_notification")
    events = {
        "customer.created": Rule(Meaning.SIGNED_UP, Customer, _NOBODY),
        "customer.updated": Rule(Meaning.UPDATED, Customer, _NOBODY),
        "loyalty.account.created": Rule(Meaning.SIGNED_UP, Member),
    }
    ignores = {
        # a merge deletes the profiles that it merges: https://developer.squareup.com/docs/customers-api/use-the-api/customer-webhooks
        "customer.deleted": "a profile was deleted or merged: no request to be forgotten",
        "customer.custom_attribute*": "a part of a customer; customer.updated tells of the person",
        **dict.fromkeys(("order.*", "payment.*", "subscription.*", "booking.*", "gift_card.*"), _NUMBER),
    }
    setup = """\
1. Set `server.public_url` to the address that Square reaches: it signs the address together with the body.
2. In the Developer Console, open your application, *Webhooks > Subscriptions*, and choose *Add subscription*.
3. Paste {url} exactly as it stands here (a slash more, and no signature is right), and tick `customer.created`,
   `customer.updated` and `loyalty.account.created`.
4. Save, open the subscription and copy its *Signature key* into `secret`. *Send test event* shows up as a test."""
    delivery = "answers within 10 s; retries with growing pauses for 24 hours, switched off after long failure"

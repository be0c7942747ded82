"""Commerce Layer: customers and placed orders of a headless shop."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import body_hash, first, header, joined, path
from app.signatures import Hmac

_ADDRESS = "(included[?type == 'addresses'] | [0]).attributes"
_topic = header("X-CommerceLayer-Topic")


class Customer(PersonSchema):
    """A customer is an e-mail address and a password; names are in the addresses of orders."""

    user_id = At("data.id")
    email = At("data.attributes.email")


class Buyer(PersonSchema):
    """The address comes along only where the webhook includes it."""

    user_id = At("data.relationships.customer.data.id")
    name = At(f"join(' ', {_ADDRESS}.[first_name, last_name])")
    email = At("data.attributes.customer_email")
    phone = At(f"{_ADDRESS}.phone")
    region = At(f"{_ADDRESS}.country_code")


class CommerceLayer(Provider):
    title = "Commerce Layer"
    docs = "https://docs.commercelayer.io/core/callbacks-security"
    signature = Hmac("X-CommerceLayer-Signature", encoding="base64")
    # no id of its own: what happened to which resource, and when
    event_id = first(joined(_topic, path("data.id"), path("data.attributes.updated_at")), body_hash)
    event_type = _topic
    occurred_at = path("data.attributes.updated_at")
    events = {
        "customers.create": Rule(Meaning.SIGNED_UP, Customer),
        "customers.acquisition": Rule(Meaning.SIGNED_UP, Customer),
        "orders.place": Rule(Meaning.SIGNED_UP, Buyer),
    }
    ignores = {
        "customers.*": "something that a known customer did; customers.create tells of the person",
        "orders.*": "orders.place tells who ordered",
    }
    setup = """\
1. Create a webhook, in the dashboard or with `POST /api/webhooks`: topic `customers.create`, callback URL {url}.
2. Its `shared_secret` is shown in the answer: copy it into `secret`.
3. Another one for the topic `orders.place`, with `billing_address` among the resources that it includes: the name and
   the phone number of who ordered are there alone. Each webhook has a shared secret of its own: list them all."""
    delivery = "deadline and retries are not confirmed by the sender's public documentation that was read"

"""Kajabi: contacts, form submissions and purchases, as its API's webhooks or its older outbound ones say them."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import first, path

# A list of JSON:API resources: the contact before what a form says, and that before the customer.
_RESOURCES = ("contacts", "form_submissions", "customers")
_FLAT = "(member_email && @ || payload)"  # the older ones, with or without an envelope


def _attribute(*names: str) -> list[str]:
    return [f"payload[?type == '{type_}'].attributes.{name} | [0]" for type_ in _RESOURCES for name in names]


class Contact(PersonSchema):
    """The id is the contact's: a submission's and a customer's are others."""

    user_id = At(
        "payload[?type == 'contacts'].id | [0]",
        "payload[?type == 'customers'].relationships.contact.data.id | [0]",
    )
    name = At(*_attribute("name"))
    email = At(*_attribute("email"))
    phone = At(*_attribute("phone_number", "mobile_phone_number", "business_number"))
    region = At(*_attribute("address_country"))
    consent = ConsentAt(*_attribute("subscribed"), "payload[?type == 'purchases'].attributes.opt_in | [0]")


class Purchase(PersonSchema):
    """The older webhooks' members, flat or in a ``member``. The id there is not said to be the contact's."""

    name = At(
        f"{_FLAT}.member_name",
        f"join(' ', {_FLAT}.[member_first_name, member_last_name])",
        "(member || payload.member).name",
    )
    email = At(f"{_FLAT}.member_email", "(member || payload.member).email")
    phone = At(f"{_FLAT}.contact_phone_number", "contact_phone_number")
    region = At(f"{_FLAT}.contact_address_country")
    consent = ConsentAt(f"{_FLAT}.opt_in", "opt_in", granted=(True, "true"), refused=(False, "false"))


class Kajabi(Provider):
    title = "Kajabi"
    docs = "https://developers.kajabi.com/api-reference/webhooks"
    event_id = path("id")
    event_type = first(path("event"), path("(member_email || member.email) && 'purchase.created'"))
    occurred_at = path(
        "payload[?type == 'purchases' || type == 'orders' || type == 'transactions'].attributes.created_at | [0]"
    )
    # samples have the id 0, and the address sample@example.com
    test = path("payload[?id == '0' || attributes.email == 'sample@example.com'] | [0]")
    events = {
        "form_submission": Rule(Meaning.SIGNED_UP, Contact),
        **dict.fromkeys(("purchase", "order_created"), Rule(Meaning.SIGNED_UP, Contact)),
        **dict.fromkeys(("payment_succeeded", "tag_added"), Rule(Meaning.UPDATED, Contact)),
        "purchase.created": Rule(Meaning.SIGNED_UP, Purchase),
    }
    ignores = {"tag_removed": "a tag was taken away: nothing new of the person"}
    setup = """\
1. In `bridge.toml`, say `auth = "query"` and make up a long `secret`: Kajabi signs nothing, so the secret goes into the
   address.
2. Create the webhook by Kajabi's API, `POST /v1/hooks` with the `target_url` {url}?token=<secret> and the `event`
   `form_submission`; repeat for `purchase`, `order_created`, `payment_succeeded` and `tag_added`.
3. Or paste the same address at a form or an offer as its *webhook URL* (the older kind: purchases).
4. The secret proves that the sender knows the address; nothing proves the body. Keep the address to yourself."""
    delivery = "wants a 2xx; retries are not documented"

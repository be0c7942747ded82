"""HubSpot: contacts, from the webhook action of a workflow or from the webhooks of an app."""

from collections.abc import Iterable

from app.batches import each_element
from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.form_shapes import labelled
from app.forms import FormField
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import address, body_hash, constant, first, joined, lookup, path
from app.signatures import Hmac
from app.webhook import Event, Webhook

_PROPERTIES = ("email", "firstname", "lastname", "phone", "mobilephone", "country", "hs_email_optout")
_changed = lookup("propertyName")
_CONTACT = "https://api.hubapi.com/crm/v3/objects/contacts/{number}?properties=" + ",".join(_PROPERTIES)
_THIN = "[@][?contains(['contact.creation', 'contact.propertyChange'], subscriptionType)].objectId | [0]"


def _property(name: str) -> str:
    # in a workflow's contact (with its history), in the API's answer, in a body put together
    places = f"[properties.{name}.value, properties.{name}, fetched.properties.{name}, {name}]"
    return f"({places}[?type(@) == 'string' && @ != ''] | [0])"


class HubSpotContact(PersonSchema):
    user_id = At("vid", "objectId", "hs_object_id", "properties.hs_object_id.value")
    name = At(f"join(' ', [{_property('firstname')}, {_property('lastname')}])")
    email = At(_property("email"), "\"identity-profiles\"[].identities[] | [?type == 'EMAIL'].value | [0]")
    phone = At(_property("phone"), _property("mobilephone"))
    region = At(_property("country"))
    consent = ConsentAt(_property("hs_email_optout"), granted=(), refused=("true",))  # "false" is no consent
    consent_at = At("properties.hs_email_optout.versions[0].timestamp")


class HubSpot(Provider):
    title = "HubSpot"
    docs = "https://developers.hubspot.com/docs/guides/api/app-management/webhooks"
    signature = Hmac(
        "X-HubSpot-Signature-v3", signed="{method}{url}{body}{timestamp}", encoding="base64",
        timestamp_header="X-HubSpot-Request-Timestamp", timestamp_unit="ms", tolerance=300,
    )  # fmt: skip
    # eventId alone is not unique, and attemptNumber makes the body of a retry another one; a workflow has no id
    event_id = first(joined(*map(path, ("subscriptionType", "objectId", "eventId", "occurredAt"))), body_hash)
    event_type = first(path("subscriptionType"), constant("workflow"))
    occurred_at = path("occurredAt")
    events = {
        "workflow": Rule(Meaning.UPDATED, HubSpotContact),
        "contact.creation": Rule(Meaning.SIGNED_UP, HubSpotContact, "a contact without e-mail and phone (yet)"),
        "contact.propertyChange": Rule(Meaning.UPDATED, HubSpotContact, "a contact without e-mail and phone (yet)"),
        "contact.privacyDeletion": Rule(Meaning.ERASE, HubSpotContact),
    }
    ignores = {
        "contact.deletion": "moved to the bin, no request to be forgotten: that is contact.privacyDeletion",
        "contact.*": "names contacts by number and says nothing new of them",
        "*": "about a company, a deal or another object, not about a person",
    }
    fetch = Fetch("api.hubapi.com", address(_CONTACT, number=_THIN), always=False)  # who is forgotten is gone
    setup = """\
1. *From a workflow*: add the action *Send a webhook*, method POST, paste {url}, choose *Include request signature in
   header* and an app of yours, whose client secret (*Auth* tab) goes into `secret`. Send all contact properties, or a
   body of your own with `email`, `firstname`, `lastname`, `phone`. Nothing is fetched then.
2. *From an app*: under *Webhooks*, paste {url} as the target URL and subscribe to `contact.creation`,
   `contact.propertyChange` (e-mail, names, phone) and `contact.privacyDeletion`. These name a contact by number: the
   bridge fetches it, from api.hubapi.com alone, with the token in `token` (scope `crm.objects.contacts.read`).
3. HubSpot signs the address: set `server.public_url` to exactly what you pasted, up to the path."""
    delivery = "answers within 30 s (an app: 5 s); retries for up to 3 days, but none after 4xx other than 429"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        return each_element(webhook)  # an app sends lists of events

    def ignored(self, event: Event) -> str | None:
        strange = event.event_type == "contact.propertyChange" and _changed(event.outline) not in _PROPERTIES
        return "a change of a property that is no part of a contact here" if strange else None

    def form(self, payload: Payload) -> Iterable[FormField]:
        """A body that somebody put together may call the properties whatever they like."""
        flat = isinstance(payload, dict) and not payload.keys() & {"properties", "objectId", "vid"}
        return labelled(payload) if flat else ()

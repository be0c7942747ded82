"""Wix: contacts, site members and orders of a site, as signed tokens."""

import json
from collections.abc import Iterable
from typing import Any

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.errors import PayloadError
from app.payload import Payload, decode
from app.providers import Provider, Rule
from app.reading import path
from app.signatures import Jwt
from app.webhook import Webhook

_CONTACT = "(data.createdEvent.entity || data.updatedEvent.currentEntity)"
_NEW = "data.createdEvent.entity"
_STATUS = '.info.extendedFields.items."emailSubscriptions.subscriptionStatus"'
_NOBODY, _ERASED = "a contact with neither e-mail nor phone, as a form makes one", "by anonymize request"


class Contact(PersonSchema):
    user_id = At("data.entityId")
    name = At(f"join(' ', [{_CONTACT}.info.name.first, {_CONTACT}.info.name.last])")
    email = At(f"{_CONTACT}.primaryInfo.email", f"{_CONTACT}.info.emails.items[0].email")
    phone = At(f"{_CONTACT}.info.phones.items[?primary] | [0].e164Phone", f"{_CONTACT}.primaryInfo.phone")
    region = At(f"{_CONTACT}.info.phones.items[0].countryCode")
    consent = ConsentAt(_CONTACT + _STATUS, granted=("SUBSCRIBED",), refused=("UNSUBSCRIBED",))


class Member(PersonSchema):
    user_id = At(f"{_NEW}.contactId")  # whoever registers is a contact too
    name = At(f"join(' ', {_NEW}.contact.[firstName, lastName])")
    email = At(f"{_NEW}.loginEmail")
    phone = At(f"{_NEW}.contact.phones[0]")


class Buyer(PersonSchema):
    user_id = At(f"{_NEW}.buyerInfo.contactId")
    name = At(f"join(' ', {_NEW}.billingInfo.contactDetails.[firstName, lastName])")
    email = At(f"{_NEW}.buyerInfo.email")
    phone = At(f"{_NEW}.billingInfo.contactDetails.phone")


class Wix(Provider):
    title = "Wix"
    docs = "https://dev.wix.com/docs/rest/articles/get-started/webhook-structure"
    signature = Jwt()
    event_id = path("data.id")
    event_type = path(f"(data.triggeredByAnonymizeRequest && join(' ', [eventType, '{_ERASED}'])) || eventType")
    occurred_at = path("data.eventTime")
    events = {
        "wix.contacts.v4.contact_created": Rule(Meaning.SIGNED_UP, Contact, _NOBODY),
        "wix.contacts.v4.contact_updated": Rule(Meaning.UPDATED, Contact, _NOBODY),
        f"wix.contacts.v4.contact_deleted {_ERASED}": Rule(Meaning.ERASE, Contact),
        "wix.members.v1.member_created": Rule(Meaning.SIGNED_UP, Member),
        "wix.ecom.v1.order_created": Rule(Meaning.SIGNED_UP, Buyer, _NOBODY),
    }
    ignores = {
        "wix.contacts.*": "a contact was deleted or merged: no request to be forgotten",
        "wix.pricing_plans.*": "names a contact by number only; contact_created tells of the person",
    }
    setup = """\
1. In the Wix developer centre, open your app, *Develop > Webhooks*, and copy the *public key* (PEM) into `secret`.
2. Add the webhooks *Contact Created*, *Contact Updated* and *Contact Deleted*, each with the address {url}.
3. *Member Created* and *Order Created* may be added; what they hold is the word of Wix's own libraries (`@wix/members`,
   `@wix/ecom`), and not confirmed by the sender's public documentation."""
    delivery = "answers 200 within 1.25 s; 12 retries over 2 days"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """The claims hold JSON as text, and that holds JSON as text again."""
        claims = _inside(webhook.payload)
        return (Webhook(json.dumps({**claims, "data": _inside(claims)}).encode()),)


def _inside(payload: Payload) -> dict[str, Any]:
    held = payload.get("data") if isinstance(payload, dict) else None
    inner = decode(held.encode("utf-8", "surrogatepass")) if isinstance(held, str) else held
    if not isinstance(inner, dict):
        raise PayloadError("the token holds no event of Wix")
    return inner

"""Klaviyo: consent to e-mail and SMS marketing. A webhook names a profile; the profile itself is fetched."""

import re
from collections.abc import Iterable

from app.batches import split
from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.expressions import expression
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import first, joined, path
from app.signatures import Hmac
from app.webhook import Webhook, key

_EVENT, _PERSON = "data[0].payload.data", "fetched.data.attributes"
_ID = f"{_EVENT}.relationships.profile.data.id"
_YES = ("event:klaviyo.subscribed_to_email_marketing", "event:klaviyo.subscribed_to_sms_marketing")
_NO = ("event:klaviyo.unsubscribed_from_email_marketing", "event:klaviyo.unsubscribed_from_sms_marketing")
_NOBODY = "a profile without e-mail and phone"
_profile = expression(_ID)


def _address(payload: Payload) -> str | None:
    profile = key(_profile.find(payload)) or ""
    return f"https://a.klaviyo.com/api/profiles/{profile}/" if re.fullmatch(r"\w{1,64}", profile, re.ASCII) else None


class Profile(PersonSchema):
    user_id = At(_ID)
    name = At(f"join(' ', [{_PERSON}.first_name, {_PERSON}.last_name])")
    email = At(f"{_PERSON}.email", f"{_EVENT}.attributes.event_properties.email_address")
    phone = At(f"{_PERSON}.phone_number")
    region = At(f"{_PERSON}.location.country")
    consent = ConsentAt("data[0].topic", granted=_YES, refused=())


class Klaviyo(Provider):
    title = "Klaviyo"
    docs = "https://developers.klaviyo.com/en/docs/working_with_system_webhooks"
    # Klaviyo-Timestamp is a date as HTTP writes it, or ISO 8601: it is signed, but no clock is checked
    signature = Hmac("Klaviyo-Signature", signed="{body}{header:klaviyo-timestamp}")
    event_id = first(joined(path("data[0].topic"), path("data[0].external_id")), path(f"{_EVENT}.id"))
    event_type = path("data[0].topic")
    occurred_at = first(path(f"{_EVENT}.attributes.datetime"), path(f"{_EVENT}.attributes.timestamp"))
    events = {
        **dict.fromkeys(_YES, Rule(Meaning.SIGNED_UP, Profile, _NOBODY)),
        **dict.fromkeys(_NO, Rule(Meaning.UNSUBSCRIBED, Profile)),
    }
    ignores = {"event:klaviyo.*": "says nothing of a sign-up or of consent"}
    fetch = Fetch(
        "a.klaviyo.com",
        _address,
        # a revision is served for two years: https://developers.klaviyo.com/en/docs/api_versioning_and_deprecation_policy
        {"Authorization": "Klaviyo-API-Key {token}", "revision": "2026-07-15", "Accept": "application/vnd.api+json"},
    )
    setup = """\
1. Make up a secret of 16 characters or more and put it into `secret`.
2. In Klaviyo, open *Integrations > Webhooks* (system webhooks: they need Advanced KDP) and create a webhook with the
   address {url} and that secret. (The *Webhook* action of a flow is another thing, and unsigned: use `relay` for it.)
3. Choose the topics *Subscribed to Email Marketing*, *Unsubscribed from Email Marketing*, and those of SMS. There is
   one consent per contact: who leaves either channel is unsubscribed.
4. A webhook names a profile by number. Put a private API key with `profiles:read` into `token`: the bridge then
   fetches the profile from a.klaviyo.com, and from nowhere else."""
    delivery = "deadline and retries are not documented"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """A webhook brings a list of events."""
        payload = webhook.payload
        events = payload.get("data") if isinstance(payload, dict) else None
        if not isinstance(events, list) or len(events) < 2:
            return (webhook,)
        return split(webhook, ({**payload, "data": [event]} for event in events))

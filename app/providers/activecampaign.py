"""ActiveCampaign: contacts, and who subscribes to a list or leaves it."""

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import body_hash, joined, path

_NOBODY = "a contact without e-mail and phone (yet)"


class Person(PersonSchema):
    user_id = At("contact.id")
    name = At("join(' ', [contact.first_name, contact.last_name])")
    email = At("contact.email")
    phone = At("contact.phone")
    consent = ConsentAt("type", granted=("subscribe",), refused=())


class ActiveCampaign(Provider):
    title = "ActiveCampaign"
    docs = "https://developers.activecampaign.com/page/webhooks"
    event_id = joined(path("type"), path("contact.id"), body_hash)  # the body has a date_time, to the second
    event_type = path("type")
    occurred_at = path("date_time")
    events = {
        "contact_add": Rule(Meaning.SIGNED_UP, Person, _NOBODY),
        "subscribe": Rule(Meaning.SIGNED_UP, Person, _NOBODY),
        "update": Rule(Meaning.UPDATED, Person, _NOBODY),
        "unsubscribe": Rule(Meaning.UNSUBSCRIBED, Person),
    }
    ignores = {
        "contact_tag_*": "a tag of a contact; contact_add and update tell of the person",
        "bounce": "an address that does not work (any more); the person has said nothing",
        "*": "a campaign, a deal or a visit, not a sign-up",
    }
    setup = """\
1. Make up a long secret and put it into `secret`; say `auth = "query"`: ActiveCampaign signs nothing, the secret is
   part of the address. Whoever knows the address can post, so keep it to yourself.
2. In ActiveCampaign, open *Settings > Developer > Manage webhooks* and choose *Add*.
3. Paste {url}?token=<secret>, choose your list, and tick *Contact added*, *Subscribe*, *Contact updated* and
   *Unsubscribe*.
4. Choose what starts them: *Public*, *Admin*, *System*; leave *API* out if anything of yours writes contacts there."""
    delivery = "deadline and retries are not documented"

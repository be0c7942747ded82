"""Chargebee: customers of a subscription business."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import first, path

_EVENT = "(event || @)"  # API v1 wraps it once more
_CUSTOMER = f"{_EVENT}.content.customer"
_NOBODY = "names neither e-mail nor phone (yet); customer_changed follows when there is one"


class Customer(PersonSchema):
    """Every event of a customer or a subscription carries the whole customer; none says anything of marketing."""

    user_id = At(f"{_CUSTOMER}.id")
    name = At(f"join(' ', [{_CUSTOMER}.first_name, {_CUSTOMER}.last_name])", f"{_CUSTOMER}.company")
    email = At(f"{_CUSTOMER}.email")
    phone = At(f"{_CUSTOMER}.phone")
    region = At(f"{_CUSTOMER}.billing_address.country")


_NEW, _NEWS = Rule(Meaning.SIGNED_UP, Customer, _NOBODY), Rule(Meaning.UPDATED, Customer, _NOBODY)


class Chargebee(Provider):
    title = "Chargebee"
    docs = "https://apidocs.chargebee.com/docs/api/webhooks"
    event_id = path(f"{_EVENT}.id")
    event_type = path(f"{_EVENT}.event_type")
    # Events come in any order, and the version of the customer (in milliseconds) tells which is newer.
    occurred_at = first(path(f"{_CUSTOMER}.resource_version"), path(f"{_EVENT}.occurred_at"))
    events = {
        "customer_created": _NEW,
        "customer_changed": _NEWS,
        "customer_moved_in": _NEW,
        "customer_business_entity_changed": _NEWS,
        **dict.fromkeys(("subscription_created", "subscription_created_with_backdating"), _NEW),
        **dict.fromkeys(("subscription_started", "subscription_activated", "subscription_changed"), _NEWS),
    }
    ignores = {
        "customer_deleted": "a customer was deleted: no request to be forgotten",
        "customer_moved_out": "a customer went to another site of yours; its person stays",
        "omnichannel_*": "a purchase in an app store; customer_created tells of the person",
        "quote_*": "an offer, not a sign-up",
    }
    setup = """\
1. In Chargebee, open *Settings > Configure Chargebee > Webhooks* and choose *Add Webhook*. Test and live site have
   their own.
2. Paste {url} and protect it with basic authentication: make up a user and a password, and put them into `secret` as
   `user:password`, with `auth = "basic"`.
3. Choose the events *Customer created* and *Customer changed*, and *Subscription created* if you use segments for it.
4. Chargebee signs nothing: the password proves who sends, and only https keeps the body from being changed."""
    delivery = "answers within 20 s; about 7 retries, from 2 minutes up to 2 days apart"

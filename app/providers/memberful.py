"""Memberful: members, orders and subscriptions."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import body_hash, first, joined, path
from app.signatures import Hmac

_MEMBER = "(member || order.member || subscription.member)"
_NOBODY = "names no member's e-mail address"
_ENDED = "a subscription ended; its member stays"


class Member(PersonSchema):
    """The member, wherever the event keeps them."""

    user_id = At(f"{_MEMBER}.id")
    name = At(f"{_MEMBER}.full_name", f"{_MEMBER} | join(' ', [first_name, last_name])")
    email = At(f"{_MEMBER}.email")
    phone = At(f"{_MEMBER}.phone_number")
    region = At(f"{_MEMBER}.address.country")


_NEW, _NEWS = Rule(Meaning.SIGNED_UP, Member, _NOBODY), Rule(Meaning.UPDATED, Member, _NOBODY)


class Memberful(Provider):
    title = "Memberful"
    docs = "https://memberful.com/help/custom-development-and-api/webhook-event-reference/"
    signature = Hmac("X-Memberful-Webhook-Signature")
    event_id = joined(path("event"), path(f"{_MEMBER}.id"), body_hash)  # there is none of its own
    event_type = path("event")  # some have a dot in them, some a low line: it is Memberful's own spelling
    occurred_at = first(  # a member's created_at is the time of a signup, and of nothing else
        path("event == 'member_signup' && member.created_at"),
        path("order.created_at"),
        path("event == 'subscription.created' && subscription.created_at"),
    )
    events = {
        "member_signup": Rule(Meaning.SIGNED_UP, Member),
        "member_updated": Rule(Meaning.UPDATED, Member),
        **dict.fromkeys(("order.purchased", "subscription.created"), _NEW),
        **dict.fromkeys(
            (f"subscription.{what}" for what in ("updated", "activated", "renewed")),
            _NEWS,
        ),
    }
    ignores = {
        "member.deleted": "a member was deleted: no request to be forgotten",
        **dict.fromkeys(("subscription.deactivated", "subscription.deleted"), _ENDED),
        "order.*": "an order was refunded, suspended or completed; its member stays",
        "subscription_plan.*": "a plan, not a person",
        "download.*": "a download, not a person",
    }
    setup = """\
1. In Memberful, open *Settings > Webhooks* and choose *New webhook*.
2. Paste {url} and tick `member_signup` and `member_updated`; add `order.purchased` and `subscription.created` if you
   want to know of them.
3. Copy the webhook secret of that page into `secret`.
4. *Send test* sends John Doe with the member number 0: ignore or erase what becomes of him."""
    delivery = "retries every hour for about 24 hours; an endpoint that keeps failing is deleted"

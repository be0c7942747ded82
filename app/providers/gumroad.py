"""Gumroad: buyers and members, by its Ping or by resource subscriptions."""

from collections.abc import Iterator

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.expressions import expression
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, joined, path
from app.webhook import Event

_own = expression("custom_fields")
_repeated = expression("is_recurring_charge == 'true'")


class Buyer(PersonSchema):
    """A field that the seller calls ``email`` comes a second time at the top: the first one is Gumroad's.

    https://github.com/antiwork/gumroad, app/modules/purchase/ping_notification.rb
    """

    user_id = At("purchaser_id")  # only of buyers with an account
    name = At("full_name[0]", "full_name")
    email = At("email[0]", "email")
    # who gets a gift was asked nothing
    consent = ConsentAt(
        "is_gift_receiver_purchase != 'true' && can_contact", granted=("true", True), refused=("false",)
    )
    consent_at = At("sale_timestamp")


class Member(PersonSchema):
    user_id = At("user_id")
    email = At("user_email")


class Gumroad(Provider):
    title = "Gumroad"
    docs = "https://gumroad.com/ping"
    # A retry adds retry_count, so the body is another: its hash would be no id.
    event_id = first(
        joined(path("sale_id"), path("resource_name")),
        joined(path("subscription_id"), path("resource_name"), path("restarted_at || effective_as_of || `0`")),
    )
    event_type = path("resource_name")
    occurred_at = first(path("sale_timestamp"), path("restarted_at"))
    test = path("test == 'true' && !(custom_fields.test)")  # the seller's own purchase; not a field called test
    events = {
        "sale": Rule(Meaning.SIGNED_UP, Buyer),
        "subscription_updated": Rule(Meaning.UPDATED, Member),
        "subscription_restarted": Rule(Meaning.UPDATED, Member),
    }
    ignores = {
        **dict.fromkeys(("refund", "dispute*"), "news of a payment; its person came with the sale"),
        **dict.fromkeys(("cancellation", "subscription_ended"), "a membership ends; its person stays"),
    }
    setup = """\
1. Choose a long secret and put it into `secret`, with `auth = "query"`: Gumroad signs nothing, so the secret travels in
   the address. Who knows the address can pretend to be Gumroad; keep it as you keep a password.
2. In Gumroad, open *Settings > Advanced* and paste {url}`?token=<the secret>` as *Ping endpoint*: it sends every sale.
3. For memberships, subscribe to `subscription_updated` and `subscription_restarted` with the same address
   (`PUT https://api.gumroad.com/v2/resource_subscriptions`)."""
    delivery = "answers within 5 s; 3 retries after a 5xx only, none after a timeout, so an outage loses sales"

    def form(self, payload: Payload) -> Iterator[FormField]:
        """What the seller asks beside: a phone number, for one."""
        asked = _own.find(payload)
        for label, answer in asked.items() if isinstance(asked, dict) else ():
            yield FormField("", str(label), "", answer)

    def ignored(self, event: Event) -> str | None:
        repeated = event.event_type == "sale" and _repeated.find(event.outline) is True
        return "a membership's next payment; its person came with the first sale" if repeated else None

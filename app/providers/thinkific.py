"""Thinkific: users, leads, orders and enrollments of a school."""

from collections.abc import Iterator

from app.contact import At, Meaning, PersonSchema
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, header, lookup, path
from app.signatures import Hmac

_USER = "(payload.user || payload)"
_profile = lookup(f"{_USER}.custom_profile_fields")
_VALUES = f"{_USER}.[email, first_name, last_name]"
_PROGRESS = "progress in a course, not a sign-up"


class User(PersonSchema):
    """The user, or whoever ordered or enrolled."""

    user_id = At("payload.user.id", "payload.id")
    name = At(f"join(' ', {_USER}.[first_name, last_name])", "payload.billing_name")
    email = At(f"{_USER}.email")


class Buyer(User):
    user_id = At("payload.user.id")  # the other id is the order's


class Lead(User):
    user_id = At("payload.user.id")  # the other id is the lead's


class Thinkific(Provider):
    title = "Thinkific"
    docs = "https://developers.thinkific.com/api/webhooks"
    signature = Hmac("X-Thinkific-Hmac-Sha256")
    event_id = path("id")
    event_type = first(path("resource && action && join('.', [resource, action])"), header("X-Thinkific-Topic"))
    occurred_at = path("created_at")
    # A test from the dashboard has its mark INSIDE the values: "[TEST] jane@example.com"
    test = path(f"{_VALUES}[?type(@) == 'string' && starts_with(@, '[TEST]')] | [0]")
    events = {
        "user.signup": Rule(Meaning.SIGNED_UP, User),
        "user.updated": Rule(Meaning.UPDATED, User),
        "lead.created": Rule(Meaning.SIGNED_UP, Lead),
        **dict.fromkeys(("order.created", "enrollment.created", "enrollment.trial"), Rule(Meaning.SIGNED_UP, Buyer)),
    }
    ignores = {
        "user.signin": "a visit, not a sign-up",
        **dict.fromkeys(("enrollment.*", "lesson.*", "quiz.*"), _PROGRESS),
        "subscription.*": "a subscription's payments or its end (cancelled or canceled); its person stays",
        "order_transaction.*": "a payment; order.created names the person",
        "app.uninstalled": "the app was removed from the school",
    }
    setup = """\
1. In Thinkific, open *Settings > Code & analytics > Webhooks* and choose *New webhook*.
2. Choose the model *User*, the topic *Sign up*, and paste {url} as the target.
3. Repeat for *User updated*, *Lead created*, *Order created* and *Enrollment created*, with the same address.
4. The secret is the API key of *Settings > Code & analytics > API* (for an app: its client secret): copy it into
   `secret`.
5. *Send test webhook* puts [TEST] before its values; such a webhook is shown as a test and creates nothing."""
    delivery = "wants a 2xx; how often Thinkific tries again is not documented"

    def form(self, payload: Payload) -> Iterator[FormField]:
        """The fields of a profile, which each school makes up itself."""
        fields = _profile(payload)
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, dict):
                yield FormField(str(field.get("id") or ""), str(field.get("label") or ""), "", field.get("value"))

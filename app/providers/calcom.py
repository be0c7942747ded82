"""Cal.com: people who book a meeting, and routing forms."""

from collections.abc import Iterator

from app.contact import At, Meaning, PersonSchema
from app.expressions import expression
from app.form_shapes import table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import body_hash, equals, first, joined, path
from app.signatures import Hmac

_OF_BOOKING = {"name", "email", "guests", "location", "title", "notes", "rescheduleReason"}  # the person, or none
_responses, _own = expression("payload.responses"), expression("payload.userFieldsResponses")
_WHO, _GUEST = "payload.responses", "payload.attendees[0]"
_PHONE_ALONE = "?type(@) == 'string' && !ends_with(@, '@sms.cal.com')"  # Cal.com makes an address of a phone number
_NOBODY = "a routing form that asks for neither e-mail nor phone; BOOKING_CREATED names who books"


class Booker(PersonSchema):
    """Who books: of several attendees of one meeting the one who answered. ``organizer`` is the host, never them."""

    name = At(
        f"join(' ', [{_WHO}.name.value.firstName, {_WHO}.name.value.lastName])",
        f"[{_WHO}.name.value, {_GUEST}.name][?type(@) == 'string'] | [0]",
        f"join(' ', [{_GUEST}.name.firstName, {_GUEST}.name.lastName])",
        f"join(' ', [{_GUEST}.firstName, {_GUEST}.lastName])",
    )
    email = At(f"[{_WHO}.email.value, {_GUEST}.email][{_PHONE_ALONE}] | [0]")
    phone = At(
        f"{_WHO}.attendeePhoneNumber.value || {_WHO}.phone.value || {_WHO}.smsReminderNumber.value",
        f"payload.smsReminderNumber || {_GUEST}.phoneNumber",
    )


_BOOKED, _FORM = Rule(Meaning.SIGNED_UP, Booker), Rule(Meaning.SIGNED_UP, nobody=_NOBODY)


class CalCom(Provider):
    title = "Cal.com"
    docs = "https://cal.com/docs/developing/guides/automation/webhooks"
    signature = Hmac("X-Cal-Signature-256")  # "no-secret-provided" where the webhook has none
    # The people of a meeting with seats share its uid and its time; a form has no id at all
    event_id = first(joined(path("triggerEvent"), path("payload.uid"), body_hash), body_hash)
    event_type = path("triggerEvent")
    occurred_at = path("createdAt")
    test = equals(path("triggerEvent"), "PING")
    events = {
        **dict.fromkeys(("BOOKING_CREATED", "BOOKING_REQUESTED", "INSTANT_MEETING"), _BOOKED),
        **dict.fromkeys(("BOOKING_RESCHEDULED", "BOOKING_PAID"), Rule(Meaning.UPDATED, Booker)),
        **dict.fromkeys(("FORM_SUBMITTED", "FORM_SUBMITTED_NO_EVENT"), _FORM),
    }
    ignores = {
        "BOOKING_*": "a booking was changed, refused or called off; BOOKING_CREATED names who booked",
        "MEETING_*": "a meeting took place; BOOKING_CREATED names who booked",
        "RECORDING_*": "a recording of a meeting, not a sign-up",
        "OOO_CREATED": "somebody of the team is away",
        "unknown": "it says no triggerEvent: the webhook is one of Cal.com's Zapier app, or has a payload template",
    }
    setup = """\
1. In Cal.com, open *Settings > Developer > Webhooks*, choose *New*, and paste {url} as the subscriber URL.
2. Tick *Booking Created*, *Booking Requested*, *Booking Rescheduled* and *Form Submitted*.
3. Make up a long secret, paste it under *Secret*, and put the same one into `secret`. Without one Cal.com sends
   `no-secret-provided` in place of a signature, and everything is refused.
4. Leave *Custom payload template* off. The ping test makes no contact.
5. Forms and your own booking questions are read by their identifiers (`email`, `phone`, `newsletter`)."""
    delivery = "any 2xx will do; the events of forms are sent once"

    def form(self, payload: Payload) -> Iterator[FormField]:
        booking = isinstance(payload, dict) and not str(payload.get("triggerEvent")).startswith("FORM_")
        for answers in (_responses.find(payload), _own.find(payload)):
            for name, answer in table(answers).items():
                if isinstance(answer, dict) and not (booking and name in _OF_BOOKING):
                    yield FormField(str(name), str(answer.get("label") or ""), "", answer.get("value"))

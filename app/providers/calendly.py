"""Calendly: people who book a meeting, and routing forms."""

from collections.abc import Iterator

from app.contact import At, Meaning, PersonSchema
from app.expressions import expression
from app.form_shapes import rows, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, joined, path
from app.signatures import Hmac

_answers = expression("payload.questions_and_answers[]")
_NOBODY = "a routing form that asks for neither e-mail nor phone; invitee.created names who books"


class Invitee(PersonSchema):
    """Who books. The id of an invitee is the booking's, not the person's: a person is known by the e-mail address."""

    name = At("payload.name", "join(' ', [payload.first_name, payload.last_name])")
    email = At("payload.email")
    phone = At("payload.text_reminder_number")


class Calendly(Provider):
    title = "Calendly"
    docs = "https://developer.calendly.com/api-docs/overview/webhooks"
    signature = Hmac("Calendly-Webhook-Signature", signed="{timestamp}.{body}", fields=("t", "v1"), tolerance=300)
    event_id = joined(path("payload.uri"), path("event"))  # a delivery has no id of its own
    # A meeting that is moved is cancelled and booked anew: no sign-up, but maybe the first we hear of somebody
    event_type = path("event == 'invitee.created' && payload.old_invitee && 'invitee.created (moved)' || event")
    occurred_at = first(path("created_at"), path("payload.created_at"))
    events = {
        "invitee.created": Rule(Meaning.SIGNED_UP, Invitee),
        "invitee.created (moved)": Rule(Meaning.UPDATED, Invitee),
        "routing_form_submission.created": Rule(Meaning.SIGNED_UP, nobody=_NOBODY),
    }
    ignores = {
        "invitee.canceled": "a meeting was called off or moved: nobody signs up, and nobody takes anything back",
        "invitee_no_show.*": "somebody missed a meeting; their person came with invitee.created",
    }
    setup = """\
1. Webhooks need a paid plan and are made through Calendly's API: create a personal access token under
   *Integrations & apps > API and webhooks*, and make up a long secret.
2. `POST https://api.calendly.com/webhook_subscriptions` with `url` {url}, `events` `["invitee.created"]` (and
   `routing_form_submission.created`), `organization` (from `GET /users/me`), `scope` `organization`, and
   `signing_key`: the secret. Without a signing key Calendly signs nothing, and everything is refused.
3. Put the same one into `secret`.
4. Phone numbers and a consent are found among the answers to your own questions, by their words."""
    delivery = "answers within 15 s; retries for 24 hours, then the webhook is disabled and must be made again"

    def form(self, payload: Payload) -> Iterator[FormField]:
        for row in rows(_answers.find(payload)):
            yield FormField("", texts(row, "question")[0], "", row.get("answer"))

"""Ghost: members of a publication."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.errors import VerificationError
from app.providers import Provider, Rule
from app.reading import body_hash, first, joined, path, query
from app.signatures import Hmac
from app.webhook import Webhook

_MEMBER = "(member.current.id && member.current || member.previous)"
# Neither a header nor the body names the event, but its shape does; a query parameter may name those of posts.
_SHAPE = "member && (!(member.current) && 'deleted' || !(member.previous) && 'added' || 'edited')"
_CHANGED = "member.previous.newsletters != `null` || member.previous.subscribed != `null`"


class Member(PersonSchema):
    user_id = At("member.current.id")
    name = At("member.current.name")
    email = At("member.current.email")
    consent = ConsentAt("member.current.subscribed")


class Edited(Member):  # of an edit that leaves the newsletters alone, the answer is an old one
    consent_at = At(f"({_CHANGED}) && member.current.updated_at")


class _Hmac(Hmac):
    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
        """Older releases show the time, but sign the body alone.

        https://github.com/TryGhost/Ghost/blob/main/ghost/core/core/server/services/webhooks/webhook-trigger.js
        """
        try:
            super().verify(webhook, secrets, now)
        except VerificationError as error:
            try:
                Hmac.verify(replace(self, signed="{body}"), webhook, secrets, now)
            except VerificationError:
                raise error from None


class Ghost(Provider):
    title = "Ghost"
    docs = "https://docs.ghost.org/webhooks"
    signature = _Hmac(
        "X-Ghost-Signature",
        signed="{body}{timestamp}",
        fields=("t", "sha256"),
        separator=", ",
        timestamp_last=True,
        timestamp_unit="ms",
        tolerance=300,
    )
    event_id = joined(path(_SHAPE), path(f"{_MEMBER}.id"), path(f"{_MEMBER}.updated_at"), body_hash)
    event_type = first(path(f"member && join('.', ['member', {_SHAPE}])"), query("event"))
    occurred_at = first(path("member.current.updated_at"), path("member.current.created_at"))
    events = {
        "member.added": Rule(Meaning.SIGNED_UP, Member),
        "member.edited": Rule(Meaning.UPDATED, Edited),
    }
    ignores = {
        "member.deleted": "a member was deleted: no request to be forgotten",
        "*": "not of a member: choose the events *Member added* and *Member updated*",
    }
    setup = """\
1. In Ghost Admin, open *Settings > Integrations*, choose *Add custom integration*, and then *Add webhook*.
2. Choose the event *Member added*, paste {url} as the target, and save.
3. Make up a long *secret* there and put the same one into `secret`: without one, Ghost signs nothing.
4. Repeat for *Member updated*, with the same address and secret; the event is known by the shape of its body.
5. Of an old release (5.x), the signature covers the body, but not its time."""
    delivery = "answers within 2 s; up to 5 retries at once, then never; a 410 would delete the webhook"

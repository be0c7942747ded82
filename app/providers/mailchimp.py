"""Mailchimp: who subscribes to an audience, leaves it, or changes their profile."""

from collections.abc import Iterable, Iterator

from app.contact import At, ConsentAt, Meaning, PersonSchema
from app.form_shapes import table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import body_hash, first, joined, lookup, path
from app.webhook import Event, Reply, Webhook

_merges, _reason = lookup("data.merges"), lookup("data.reason")


class Member(PersonSchema):
    """``web_id`` stays when somebody changes their address, ``id`` does not."""

    user_id = At("data.web_id", "data.id")
    name = At("join(' ', [data.merges.FNAME, data.merges.LNAME])")
    email = At("data.email", "data.merges.EMAIL")
    phone = At("data.merges.PHONE", "data.merges.SMSPHONE")
    consent = ConsentAt("type", granted=("subscribe",), refused=())


class Moved(PersonSchema):
    """The new id together with the old address: so the profile event with the new one finds the same person."""

    user_id = At("data.new_id")
    email = At("data.old_email")


class Mailchimp(Provider):
    title = "Mailchimp"
    docs = "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/"
    # there is no id of an event; of "cleaned" the only one would be the address itself
    event_id = joined(path("type"), path("fired_at"), first(path("data.id"), path("data.new_id"), body_hash))
    event_type = path("type")
    occurred_at = path("fired_at")  # UTC, though it does not say so
    events = {
        "subscribe": Rule(Meaning.SIGNED_UP, Member),
        "unsubscribe": Rule(Meaning.UNSUBSCRIBED, Member),
        "profile": Rule(Meaning.UPDATED, Member),
        "upemail": Rule(Meaning.UPDATED, Moved),
        "cleaned": Rule(Meaning.UNSUBSCRIBED, Member),
    }
    ignores = {"campaign": "a campaign was sent; no person is named"}
    setup = """\
1. Make up a long secret and put it into `secret`; say `auth = "query"`: Mailchimp's webhooks sign nothing of
   themselves, the secret is part of the address. Whoever knows the address can post: keep it out of screenshots.
2. In Mailchimp, open *Audience > Settings > Webhooks* and choose *Create New Webhook*.
3. Paste {url}?token=<secret>. Mailchimp looks at the address at once; the bridge answers.
4. Tick *Subscribes*, *Unsubscribes*, *Profile updates*, *Email changed* and *Cleaned*. Leave *Made via the API*
   unticked if anything of yours writes to Mailchimp: it would come back in circles.
5. Merge tags other than `FNAME`, `LNAME` and `PHONE` are read by their words."""
    delivery = "answers within 10 s; retries for about 75 minutes"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:  # noqa: ARG002 -- it is unsigned
        """A webhook is saved only if GET gets 200."""
        return Reply() if webhook.method in ("GET", "HEAD") else None

    def ignored(self, event: Event) -> str | None:
        hard = event.event_type == "cleaned" and _reason(event.outline) != "abuse"  # abuse: "this is spam", a no
        return "an address that does not work (any more); the person has said nothing" if hard else None

    def form(self, payload: Payload) -> Iterator[FormField]:
        for tag, value in table(_merges(payload)).items():
            yield FormField(str(tag), "", "", value)

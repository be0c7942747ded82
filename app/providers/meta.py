"""Meta: the forms of lead ads on Facebook and Instagram. A webhook names a lead; the lead itself is fetched."""

import hmac
import re
from collections.abc import Iterable, Iterator

from app.batches import split
from app.contact import Meaning
from app.expressions import expression
from app.form_shapes import rows, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import path
from app.signatures import Hmac
from app.webhook import Event, Reply, Webhook, key

_LEAD = "entry[0].changes[0].value.leadgen_id"
_lead, _entries, _answers = expression(_LEAD), expression("entry[]"), expression("fetched.field_data[]")
_boxes = expression("fetched.custom_disclaimer_responses[]")
_KNOWN = {"email", "full_name", "first_name", "last_name", "phone_number"}  # fields of Meta, not of the advertiser


def _address(payload: Payload) -> str | None:
    lead = key(_lead.find(payload)) or ""
    known = re.fullmatch("[0-9]{1,30}", lead)
    return f"https://graph.facebook.com/{lead}?fields=field_data,custom_disclaimer_responses" if known else None


def _test(webhook: Webhook) -> bool:  # the dashboard's own: a lead that cannot be fetched, of no page
    return key(path(_LEAD)(webhook)) == "444444444444" or key(path("entry[0].id")(webhook)) == "0"


class Meta(Provider):
    title = "Meta lead ads"
    docs = "https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving"
    signature = Hmac("X-Hub-Signature-256", prefix="sha256=")
    event_id = path(_LEAD)
    event_type = path("entry[0].changes[0].field")
    occurred_at = path("entry[0].changes[0].value.created_time || entry[0].time")
    test = _test
    events = {"leadgen": Rule(Meaning.SIGNED_UP)}
    fetch = Fetch("graph.facebook.com", _address)
    setup = """\
1. In *Meta for Developers*, open the app: *App settings > Basic* shows the *App secret*. Put it into `secret`.
2. Make a verify token of it: `printf contact-bridge | openssl dgst -sha256 -hmac '<app secret>'`, what stands last.
3. *Webhooks*: choose *Page*, *Subscribe to this object*, paste {url} and that verify token; subscribe to `leadgen`.
4. Install the app on your page (`POST /<page>/subscribed_apps`, field `leadgen`) and switch it to *Live*.
5. A webhook names a lead and nobody. Put a page access token that lasts, with `leads_retrieval`, into `token`:
   the bridge then fetches the lead from graph.facebook.com, and from nowhere else.
6. Tests of the dashboard and of the *Lead Ads Testing Tool* make no contact."""
    delivery = "answers within 20 s; retries for 36 hours, then it is dropped"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:
        """Meta asks with a token of ours, in the address. It is not the secret itself: proxies log addresses."""
        mode, challenge, token = (
            webhook.query.get(f"hub.{name}", "") for name in ("mode", "challenge", "verify_token")
        )
        if webhook.method == "POST" or mode != "subscribe" or not re.fullmatch(r"[\w-]{1,100}", challenge):
            return None
        made = [hmac.digest(secret.encode(), b"contact-bridge", "sha256").hex() for secret in secrets if secret.strip()]
        return Reply(challenge) if any(hmac.compare_digest(one.encode(), token.encode()) for one in made) else None

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """A webhook may bring several changes of several pages."""
        entries = rows(_entries.find(webhook.payload))
        pairs = [(entry, change) for entry in entries for change in rows(entry.get("changes"))]
        each = ({**webhook.payload, "entry": [{**entry, "changes": [change]}]} for entry, change in pairs)
        return split(webhook, each) if len(pairs) > 1 else [webhook]

    def ignored(self, event: Event) -> str | None:
        dummy = any(field.text.startswith("<test lead:") for field in self.form(event.outline))
        return "a lead made with Meta's testing tool" if dummy else None

    def form(self, payload: Payload) -> Iterator[FormField]:
        for answer in rows(_answers.find(payload)):
            (name,) = texts(answer, "name")
            yield FormField(name, "", name if name in _KNOWN else "", answer.get("values"))
        for box in rows(_boxes.find(payload)):
            yield FormField(texts(box, "checkbox_key")[0], "", "", box.get("is_checked"))

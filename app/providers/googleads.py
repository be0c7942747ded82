"""Google Ads: the forms of lead ads, as people sent them."""

from collections.abc import Iterable, Iterator

from app.contact import At, Meaning, PersonSchema
from app.form_shapes import rows, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, lookup, path
from app.signatures import BodyField
from app.webhook import Webhook

_columns = lookup("user_column_data")
# Ids of the questions that Google offers; the advertiser's own have others, and anything may be in their names.
_KNOWN = {"FULL_NAME", "FIRST_NAME", "LAST_NAME", "EMAIL", "PHONE_NUMBER", "WORK_EMAIL", "WORK_PHONE"}


class Lead(PersonSchema):
    region = At("user_column_data[?column_id == 'COUNTRY'].string_value | [0]")


class GoogleAds(Provider):
    title = "Google Ads lead forms"
    docs = "https://developers.google.com/google-ads/webhook/docs/implementation"
    signature = BodyField("google_key")
    event_id = path("lead_id")  # https://developers.google.com/google-ads/webhook/docs/implementation: "dedupe"
    event_type = constant("lead")
    occurred_at = path("lead_submit_time")
    test = path("is_test")  # all tests have one lead_id
    reply = "{}"
    events = {"lead": Rule(Meaning.SIGNED_UP, Lead)}
    setup = """\
1. Make up a long secret (Google takes up to 50 characters) and put it into `secret`.
2. In Google Ads, open the lead form asset, then *Export leads from Google Ads > Other data integration options*.
3. *Webhook URL*: {url}. *Key*: the same secret. Choose *Send test data*: it must say that it was sent.
4. Google signs nothing: the key comes in the body (`google_key`), and proves only that the sender knows it. A test
   (`is_test`) makes no contact. Whether a person agreed to marketing is not in a lead, unless you ask for it."""
    delivery = "wants 200 and an empty object; on 5xx it is sent again, on 4xx not"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        return (type(self).signature.stripped(webhook),)  # the key is not kept

    def form(self, payload: Payload) -> Iterator[FormField]:
        columns = rows(_columns(payload))
        # the person's own address and number before those at work
        for column in sorted(columns, key=lambda column: str(column.get("column_id")).startswith("WORK_")):
            name, label = texts(column, "column_id", "column_name")
            known = name in _KNOWN  # then its label says nothing new, and "User Email" would be no person's
            yield FormField(name, "" if known else label, name if known else "", column.get("string_value"))

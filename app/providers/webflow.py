"""Webflow: submissions of the forms of a site."""

from collections.abc import Iterator

from app.contact import Meaning
from app.expressions import expression
from app.form_shapes import labelled
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, path

_answers = expression("payload.data.data || payload.data || data")  # user accounts, forms, API version 1


class Webflow(Provider):
    title = "Webflow"
    docs = "https://developers.webflow.com/data/docs/working-with-webhooks"
    # A webhook made in the dashboard carries no signature at all, one made by API does: the source chooses.
    signature = None
    # the id of a user account is the user's: its events have none of their own
    event_id = first(path("triggerType == 'form_submission' && payload.id"), path("_id"))
    event_type = first(path("triggerType"), path("_id && data && 'form_submission'"))  # version 1 says no type
    occurred_at = first(path("payload.submittedAt"), path("d"))
    events = {
        "form_submission": Rule(Meaning.SIGNED_UP),
        "user_account_added": Rule(Meaning.SIGNED_UP),
        "user_account_updated": Rule(Meaning.UPDATED),
    }
    ignores = {
        "user_account_deleted": "an account was deleted: no request to be forgotten",
        "ecomm_*": "an order or the stock of the shop, not a form",
        "site_publish": "the site was published",
        "page_*": "a page of the site changed",
        "collection_item_*": "an item of the site's content changed",
        "comment_created": "a comment in the Designer",
    }
    setup = """\
1. With signatures (better): make the webhook by API, `POST https://api.webflow.com/v2/sites/<site id>/webhooks` with
   a site token and `{"triggerType": "form_submission", "url": "{url}"}`. Put the `secretKey` of the answer into
   `secret` (for a webhook of an OAuth app: the app's client secret), and set on the source
   `auth = "hmac"`, `header = "X-Webflow-Signature"`, `signed = "{timestamp}:{body}"`,
   `timestamp_header = "X-Webflow-Timestamp"` and `timestamp_unit = "ms"`.
2. Without: open *Site settings > Apps & integrations > Webhooks > Add webhook*, choose *Form submission* and paste
   {url} with `?token=` and your secret behind it; set `auth = "query"`. Webflow does not sign these: the secret proves
   who sent it, and only HTTPS guards the body on its way.
3. All fields are text to Webflow: the person is found by the names of the fields (Email, Phone, First Name)."""
    delivery = "wants 200 and nothing else; 3 retries, every 10 min; repeated failures switch the webhook off"

    def form(self, payload: Payload) -> Iterator[FormField]:
        yield from labelled(_answers.find(payload))

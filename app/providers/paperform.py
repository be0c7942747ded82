"""Paperform: answers to a form, each with its title and type beside it."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import answered, rows, table, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, first, joined, path, query

_kind = first(query("event"), constant("submission"))  # the body does not say what it was triggered by


class Paperform(Provider):
    title = "Paperform"
    docs = "https://paperform.co/help/articles/how-to-use-webhooks/"
    event_id = joined(path("submission_id"), _kind)  # parts of one submission may share its id
    event_type = _kind
    # created_at has no time zone: the time of arrival is nearer
    events = {
        "submission": Rule(Meaning.SIGNED_UP),
        "partial": Rule(Meaning.SIGNED_UP, nobody="a part of the answers, without e-mail or phone yet"),
    }
    setup = """\
1. Paperform signs nothing and sends no headers of your own: set `auth = "query"` and a long `secret` on the source.
2. Open the form, then *After Submission > Integrations & Webhooks > Webhooks*, and choose *Add Webhook*.
3. Paste {url} with `?token=` and the secret behind it, triggered on *New Submission*.
4. For *Partial Submission* add a second webhook, with `&event=partial` at the end of the address.
5. The secret proves who sent it, and only HTTPS guards the body. *Test* sends your latest real submission again."""
    delivery = "deadline and retries are not documented; a webhook can be sent again from the submission's page"

    def form(self, payload: Payload) -> Iterator[FormField]:
        for row in rows(table(payload).get("data")):
            custom, key, title, kind = texts(row, "custom_key", "key", "title", "type")
            yield from answered(custom or key, row.get("value"), title, kind)

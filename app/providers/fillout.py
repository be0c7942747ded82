"""Fillout: answers to a form, each with its question and type beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.contact import Meaning
from app.form_shapes import answered, rows, table, texts, unpacked
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, first, joined, path
from app.webhook import Webhook


class Fillout(Provider):
    title = "Fillout"
    docs = "https://www.fillout.com/help/webhook"
    # a submission that is edited comes again under its id
    event_id = first(
        joined(path("submission.submissionId"), path("submission.lastUpdatedAt")), path("submission.submissionId")
    )
    event_type = constant("submission")
    occurred_at = first(path("submission.lastUpdatedAt"), path("submission.submissionTime"))
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Open the form in Fillout, then *Integrate > Webhook*, and paste {url}.
2. Choose *Advanced*, add the header `Authorization` with `Bearer <secret>` and leave the body as it is; set
   `auth = "bearer"` and the same `secret` on the source. (In *Simple* mode: `auth = "query"`, and `?token=<secret>`
   behind the address.)
3. Fillout signs nothing: the secret proves who sent it, and only HTTPS guards the body on its way.
4. *Test* sends a submission that looks like any other: its person becomes a contact, unless it has no address."""
    delivery = "deadline and retries are not documented"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """Some webhooks carry the JSON as one JSON string."""
        held = webhook.payload
        packed = unpacked(held) is not None
        return (replace(webhook, body=held.encode("utf-8", "surrogatepass")) if packed else webhook,)

    def form(self, payload: Payload) -> Iterator[FormField]:
        """The questions first; then who is logged in, and what the address of the form carried."""
        submission = table(table(payload).get("submission"))
        for row in rows(submission.get("questions")):
            key, label, kind = texts(row, "id", "name", "type")
            yield from answered(key, row.get("value"), label, kind)
        yield FormField("login", "", "email", table(submission.get("login")).get("email"))
        for row in rows(submission.get("urlParameters")):
            (label,) = texts(row, "name")
            yield FormField(label, "", "", row.get("value"))

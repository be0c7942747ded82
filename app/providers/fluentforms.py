"""Fluent Forms: submissions of a WordPress form, by the names of its inputs."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import labelled
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, joined, path


class FluentForms(Provider):
    title = "Fluent Forms"
    docs = "https://fluentforms.com/docs/webhook-integration/"
    event_id = joined(path("__submission.form_id"), path("__submission.id"))  # with "All Fields" only
    event_type = constant("submission")
    # __submission.created_at is in the site's own time zone: the time of arrival is nearer
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. In WordPress, open the form's *Settings & Integrations > WebHook* (Fluent Forms Pro) and choose *Add New*.
2. Paste {url}; method *POST*, format *JSON*. Switch *Request Header* to *With Headers* and add `Authorization` with
   `Bearer <secret>`; set `auth = "bearer"` and the same long `secret` on the source.
3. *Request Body*: *All Fields*, so that each submission comes with its number and nothing is taken twice.
4. Nothing is signed: the secret proves who sent it, and only HTTPS guards the body. One source per site."""
    delivery = "any answer; retries are not documented: the log of an entry shows what became of it"

    def form(self, payload: Payload) -> Iterator[FormField]:
        yield from labelled(payload, hidden="_")  # __submission, _wp_http_referer, _fluentform_3_fluentformnonce

"""Jotform: answers to a form, as JSON text inside a multipart form, without labels and types."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from app.contact import Meaning
from app.form_shapes import answered, table, texts, unpacked
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, first, joined, path
from app.webhook import Webhook

_ANSWER = re.compile(r"q\d+_(.+?)\d*")  # q6_yourName6: the question's number, its name, in most forms the number again
_ECHO = re.compile(rb'(?<=name="webhookURL"\r\n\r\n)[^\r\n]*')


def _answers(payload: Payload) -> dict[str, Any]:
    """``rawRequest``; a relay that passes on its content alone is read too."""
    outer = table(payload)
    return table(unpacked(outer["rawRequest"])) if "rawRequest" in outer else outer


def _page_load(webhook: Webhook) -> Any:
    return _answers(webhook.payload).get("event_id")


class Jotform(Provider):
    title = "Jotform"
    docs = "https://www.jotform.com/help/245-how-to-setup-a-webhook-with-jotform/"
    # An edit keeps the submission's id, but comes from another page load. An address that is registered twice
    # gets every submission twice, and both have the same two ids.
    event_id = first(joined(path("submissionID"), _page_load), path("submissionID"), _page_load)
    event_type = constant("submission")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Jotform signs nothing and sends no headers of your own: set `auth = "query"` and a long `secret` on the source.
2. Open the form in Jotform, then *Settings > Integrations*, and choose *WebHooks*.
3. Paste {url} with `?token=` and the secret behind it, and choose *Complete Integration*. Paste it once only.
4. The secret proves who sent it, not that nothing was changed on the way: nothing but HTTPS guards the body.
5. No labels are sent, only each question's *unique name* (in its *Advanced* properties): give the questions for
   e-mail, phone and newsletter names that say so."""
    delivery = "deadline and retries are not documented: expect none"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """Jotform repeats the whole address in the body: the secret in it is not kept."""
        return (replace(webhook, body=_ECHO.sub(b"", webhook.body)),)

    def form(self, payload: Payload) -> Iterator[FormField]:
        for name, value in _answers(payload).items():
            if isinstance(value, dict) and "answer" in value:  # as Jotform's API writes it: {text, type, answer}
                yield from answered(name, value["answer"], *texts(value, "text", "type"))
            elif match := _ANSWER.fullmatch(name):
                yield from answered(match[1], value)

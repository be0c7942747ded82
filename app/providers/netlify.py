"""Netlify Forms: submissions of the forms of a site."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import answered, labelled, rows, table, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import first, path
from app.signatures import BodyHashJwt

_BESIDE = {"ip", "user_agent", "referrer", "form-name", "bot-field", "csrf", "g-recaptcha-response"}


class Netlify(Provider):
    title = "Netlify Forms"
    docs = "https://docs.netlify.com/forms/notifications/"
    signature = BodyHashJwt("X-Webhook-Signature", issuer="netlify")
    event_id = first(path("id"), path("payload.id"))  # a function passes it on inside "payload"
    event_type = first(path("(payload || @).form_id && 'submission_created'"), path("deploy_url && 'deploy'"))
    occurred_at = first(path("created_at"), path("payload.created_at"))
    events = {"submission_created": Rule(Meaning.SIGNED_UP)}
    ignores = {"deploy": "a deploy of the site: deploy notifications are signed with the same secret"}
    setup = """\
1. Open the site in Netlify, then *Forms > Form notifications > Add notification > HTTP POST request*.
2. Event *New form submission*; paste {url}.
3. *JWS secret token*: make up a long secret, and put the same one into `secret`: without one nothing is signed.
4. Give the inputs names or labels that say what they ask for (email, phone, name, newsletter)."""
    delivery = "any 2xx; repeated failures switch the notification off; spam is not sent"

    def form(self, payload: Payload) -> Iterator[FormField]:
        submission = table(table(payload).get("payload")) or table(payload)
        asked = rows(submission.get("ordered_human_fields"))
        for row in asked:
            name, title = texts(row, "name", "title")
            if name not in _BESIDE:
                yield from answered(name, row.get("value"), title)
        if not asked:
            yield from labelled(submission.get("data"), but=_BESIDE)
        # what Netlify took for the person comes last: it is a guess, and sometimes the company's
        yield from labelled({name: submission.get(name) for name in ("email", "name")})

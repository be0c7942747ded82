"""LinkedIn: the forms of lead ads, events and pages. A webhook names a lead; the lead itself is fetched."""

import hmac
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from app.contact import Meaning
from app.expressions import expression
from app.form_shapes import rows, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import lookup, path
from app.signatures import Hmac
from app.webhook import Event, Reply, Webhook, key

# The form with its questions comes along: answers alone have only the questions' numbers.
_FIELDS = "id,submittedAt,testLead,formResponse,form:(hiddenFields,creationLocale,name,id,content)"
_CODE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KNOWN = {"EMAIL", "FIRST_NAME", "LAST_NAME", "PHONE_NUMBER"}
_lead, _is_test = lookup("leadGenFormResponse"), lookup("fetched.testLead")
_answers, _questions = expression("fetched.formResponse.answers[]"), expression("fetched.form.content.questions[]")
_label = expression("name || label || question.localized.values(@) | [0]")
_answer = expression("answerDetails.textQuestionAnswer.answer")


def _address(payload: Payload) -> str | None:
    _, colon, lead = (key(_lead(payload)) or "").rpartition(":")
    known = colon and re.fullmatch(r"[\w-]{1,100}", lead, re.ASCII)
    fields = quote(_FIELDS, safe=":(),")
    return f"https://api.linkedin.com/rest/leadFormResponses/{lead}?fields={fields}" if known else None


class LinkedIn(Provider):
    title = "LinkedIn lead sync"
    docs = "https://learn.microsoft.com/en-us/linkedin/marketing/lead-sync/leadsync"
    signature = Hmac("X-LI-Signature", signed="hmacsha256={body}", prefix="hmacsha256=", prefix_optional=True)
    event_id = path("join('/', [leadGenFormResponse, leadAction])")
    event_type = path("join('.', [type, leadAction])")
    occurred_at = path("occurredAt")
    events = {"LEAD_ACTION.CREATED": Rule(Meaning.SIGNED_UP)}
    ignores = {"LEAD_ACTION.DELETED": "a lead was deleted at LinkedIn: it names nobody, and must not create a contact"}
    fetch = Fetch(
        "api.linkedin.com",
        _address,
        {
            "Authorization": "Bearer {token}",
            "LinkedIn-Version": "202608",  # each is served for a year at least
            "X-Restli-Protocol-Version": "2.0.0",
        },
    )
    setup = """\
1. In the LinkedIn developer portal, open the app (with *Lead Sync API*): *Auth* shows the *Primary Client Secret*.
   Put it into `secret`, the first one, before you go on: LinkedIn asks for it at once.
2. *Webhooks > Create webhook*: paste {url}. LinkedIn sends a challenge, and again every 2 hours.
3. Subscribe your organization or ad account to leads (`leadNotifications`, for each type of lead you use).
4. A webhook names a lead and nobody. Put an access token with `r_marketing_leadgen_automation` into `token`: the
   bridge then fetches the lead from api.linkedin.com, and from nowhere else. Tokens last 60 days: renew it.
5. Test leads make no contact."""
    delivery = "answers within 3 s (the challenge; 3 failures block the address); any 2xx will do"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:
        """Sign LinkedIn's code; but only a UUID, or anybody could have a forged body signed here."""
        code, secret = webhook.query.get("challengeCode", ""), next((s for s in secrets if s.strip()), None)
        if webhook.method == "POST" or secret is None or not _CODE.fullmatch(code):
            return None
        made = hmac.digest(secret.encode(), code.encode(), "sha256").hex()
        return Reply(json.dumps({"challengeCode": code, "challengeResponse": made}), "application/json")

    def ignored(self, event: Event) -> str | None:
        return "a test lead" if _is_test(event.outline) is True else None

    def form(self, payload: Payload) -> Iterator[FormField]:
        questions = {str(question.get("questionId")): question for question in rows(_questions.find(payload))}
        for answer in rows(_answers.find(payload)):
            question = questions.get(str(answer.get("questionId")), {})
            (known,), label = texts(question, "predefinedField"), str(_label.find(question) or "")
            yield FormField(known, label, known if known in _KNOWN else "", _answer.find(answer))

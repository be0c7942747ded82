"""SurveyMonkey: answers to a survey. A webhook names a response; the response itself is fetched."""

from collections.abc import Iterable, Iterator

from app.contact import At, Meaning, PersonSchema
from app.expressions import expression
from app.form_shapes import rows, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Fetch, Provider, Rule
from app.reading import address, path
from app.signatures import Hmac
from app.webhook import Reply, Webhook

_NOBODY = "an answer without e-mail and phone: the survey asks for neither, or the person left them out"
_DETAILS = "https://api.surveymonkey.com/v3/surveys/{survey}/responses/{response}/details?simple=true"
_questions = expression("fetched.pages[].questions[]")


class Respondent(PersonSchema):
    """Who was invited by e-mail or SMS is known to SurveyMonkey; everybody else by what they answered."""

    user_id = At("fetched.recipient_id")
    name = At(
        "join(' ', [fetched.metadata.contact.first_name.value, fetched.metadata.contact.last_name.value])",
        "join(' ', [fetched.first_name, fetched.last_name])",
    )
    email = At("fetched.metadata.contact.email.value", "fetched.email_address")
    phone = At("fetched.metadata.contact.phone_number.value")


class SurveyMonkey(Provider):
    title = "SurveyMonkey"
    docs = "https://api.surveymonkey.com/v3/docs#webhooks"
    signature = Hmac("Sm-Signature", algorithm="sha1", encoding="base64")  # key: client id, "&", client secret
    event_id = path("event_id")
    event_type = path("event_type")
    occurred_at = path("event_datetime")
    events = {
        "response_completed": Rule(Meaning.SIGNED_UP, Respondent, _NOBODY),
        "response_updated": Rule(Meaning.UPDATED, Respondent, _NOBODY),
    }
    ignores = {
        "response_created": "begun, not finished; response_completed follows",
        "response_disqualified": "a person whom the survey did not want",
        "response_overquota": "a person whom the survey did not want",
        "response_deleted": "an answer was deleted: no request to be forgotten",
    }
    fetch = Fetch(
        "api.surveymonkey.com",
        address(_DETAILS, survey="resources.survey_id", response="object_id"),
    )
    setup = """\
1. In the SurveyMonkey developer portal, open your app: *Settings* shows *Client ID* and *Secret*. Put both, with `&`
   between, into `secret`: `<client id>&<secret>`.
2. A webhook names a response and nobody. Give the app the scopes *View Surveys*, *View Responses* and *View Response
   Details*, and put its access token into `token`: the bridge then fetches the response from api.surveymonkey.com, and
   from nowhere else (accounts in the EU or in Canada have another address: they are not supported).
3. Create the webhook with `POST https://api.surveymonkey.com/v3/webhooks`: `subscription_url` {url}, `event_type`
   `response_completed` (another one with `response_updated`), `object_type` `survey`, `object_ids` your surveys.
   SurveyMonkey asks at the address at once; the bridge answers.
4. The person is the invited one, or is found by the questions' words (e-mail, phone, name, newsletter)."""
    delivery = "deadline and retries are not documented"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:  # noqa: ARG002 -- it is unsigned
        """A webhook is created only if HEAD or GET gets 200."""
        return Reply() if webhook.method in ("GET", "HEAD") else None

    def form(self, payload: Payload) -> Iterator[FormField]:
        for question in rows(_questions.find(payload)):
            number, heading = texts(question, "id", "heading")
            for answer in rows(question.get("answers")):
                text, shown = texts(answer, "text", "simple_text")
                # a block of contact fields is one question: "Email Address | zoe@example.org" is one of its answers
                block = text and shown.endswith(f" | {text}")
                yield FormField(number, shown.removesuffix(f" | {text}") if block else heading, "", text or shown)

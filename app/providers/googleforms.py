"""Google Forms: answers to a form, sent and signed by an Apps Script, since Google itself sends nothing."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import answered, labelled, rows, table, texts
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, first, joined, path
from app.signatures import Hmac


class GoogleForms(Provider):
    title = "Google Forms"
    docs = "https://developers.google.com/apps-script/reference/forms/form-response"
    signature = Hmac("X-Bridge-Signature", prefix="sha256=")  # made by the script below
    event_id = first(joined(path("responseId"), path("submittedAt")), path("responseId"))  # an edit keeps the id
    event_type = constant("submission")
    occurred_at = first(path("submittedAt"), path("lastSubmittedTime"), path("createTime"))
    test = path("test")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    # computeHmacSha256Signature takes text for ASCII unless it is told otherwise. Google itself retries nothing.
    setup = """\
1. Make up a long secret and put it into `secret`.
2. Open the form's editor, then *⋮ > Apps Script*, replace what is there by this script, with your secret in it:

       const ADDRESS = '{url}';
       const SECRET = 'the secret of the source';

       function onSubmit(event) {
         const response = event.response;
         send({
           responseId: response.getId(),
           formTitle: event.source.getTitle(),
           respondentEmail: response.getRespondentEmail(),
           submittedAt: response.getTimestamp().toISOString(),
           answers: response.getItemResponses().map(answer => ({
             title: answer.getItem().getTitle(),
             type: String(answer.getItem().getType()),
             value: answer.getResponse(),
           })),
         });
       }

       function sendTest() { send({ test: true, responseId: 'test' }); }

       function send(content) {
         const body = JSON.stringify(content);
         const mac = Utilities.computeHmacSha256Signature(body, SECRET, Utilities.Charset.UTF_8);
         const hex = mac.map(byte => ('0' + (byte & 255).toString(16)).slice(-2)).join('');
         const request = { method: 'post', contentType: 'application/json', payload: body,
           headers: { 'X-Bridge-Signature': 'sha256=' + hex }, muteHttpExceptions: true };
         for (let pause = 2; ; pause *= 3) {
           const status = UrlFetchApp.fetch(ADDRESS, request).getResponseCode();
           if (status < 300) return;
           if (pause > 60 || (status < 500 && status !== 429)) throw new Error('the bridge answered ' + status);
           Utilities.sleep(pause * 1000);
         }
       }
3. Choose `sendTest` and *Run*, and allow what Google asks for: the bridge must show a test.
4. Under *Triggers > Add Trigger* choose `onSubmit`, *From form*, *On form submit*, and failure mails at once.
5. Switch *Settings > Responses > Collect email addresses* on: the address Google asks for wins over any question."""
    delivery = "the script waits up to 60 s for an answer and makes five attempts within a minute and a half"

    def form(self, payload: Payload) -> Iterator[FormField]:
        answers = table(payload).get("answers")
        yield FormField("respondentEmail", "", "email", table(payload).get("respondentEmail"))
        yield from labelled(answers)  # scripts in use elsewhere send a map of title and answer
        for row in rows(answers):
            title, kind = texts(row, "title", "type")
            yield from answered("", row.get("value"), title, kind)

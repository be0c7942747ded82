"""Contact Form 7, with the plugin "CF7 to Webhook": submissions of the forms of a WordPress site."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import answered, table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant


class ContactForm7(Provider):
    title = "Contact Form 7"
    docs = "https://wordpress.org/plugins/cf7-to-zapier/"
    # A submission has no id (_serial_number is counted per form): equal bodies are one event, and say the same.
    event_type = constant("submission")
    events = {"submission": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. In WordPress, install the plugin *CF7 to Webhook*, edit the form and open its tab *Webhook*.
2. Switch it on, paste {url}, method *POST*, and under *Headers* write `Authorization: Bearer <secret>`. Set
   `auth = "bearer"` and the same long `secret` on the source. Leave the body's template empty (or let it be JSON).
3. Name the tags after what they ask for: `your-name`, `your-email`, `your-tel`, `acceptance-newsletter`.
4. Nothing is signed: the secret proves who sent it, and only HTTPS guards the body. The plugin refuses private
   addresses: the bridge needs a public one."""
    delivery = "waits 30 s, while the visitor waits too; no retries: a failure is shown to the visitor and mailed"

    def form(self, payload: Payload) -> Iterator[FormField]:
        for name, value in table(payload).items():
            if str(name).startswith("acceptance") and isinstance(value, str):
                yield FormField(str(name), "", "acceptance", bool(value))  # "1", or empty when it is not ticked
            elif not str(name).startswith("_"):  # _date, _url, _remote_ip: of the submission, not of the person
                yield from answered(str(name), value)

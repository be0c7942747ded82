"""Cognito Forms: new and changed entries of a form, as a map of its fields."""

from collections.abc import Iterator

from app.contact import Meaning
from app.form_shapes import labelled
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import body_hash, constant, first, joined, path, query

_kind = first(query("event"), constant("submitted"))  # the body does not say; each has an address of its own
_entry = first(path("Id"), joined(path("Form.Id"), path("Entry.Number")))


class Cognito(Provider):
    title = "Cognito Forms"
    docs = "https://www.cognitoforms.com/support/66/data-integration/webhooks"
    event_id = first(joined(_entry, _kind, path("Entry.DateUpdated")), joined(_entry, _kind, body_hash))
    event_type = _kind
    occurred_at = first(path("Entry.DateUpdated"), path("Entry.DateSubmitted"), path("Entry.DateCreated"))
    events = {"submitted": Rule(Meaning.SIGNED_UP), "updated": Rule(Meaning.UPDATED)}
    ignores = {"deleted": "an entry was deleted: no request to be forgotten"}
    setup = """\
1. Cognito Forms signs nothing and sends no headers of your own: set `auth = "query"` and a long `secret` on the source.
2. Open the form's *Settings* and switch *Post JSON Data to a Website* on.
3. *Submit Entry Endpoint*: paste {url} with `?token=` and the secret behind it.
4. *Update Entry Endpoint*: the same address with `&event=updated` at the end.
5. The secret proves who sent it, and only HTTPS guards the body. Entries saved to be resumed later are not sent."""
    delivery = "deadline and retries are not documented; the audit log of an entry shows what became of it"

    def form(self, payload: Payload) -> Iterator[FormField]:
        yield from labelled(payload, but={"Form", "Entry", "Id"}, hidden="$")

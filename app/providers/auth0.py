"""Auth0: users of a tenant, by an event stream (or a log stream, which tells of signups only)."""

from collections.abc import Iterable

from app.batches import each_element, split
from app.contact import At, Meaning, PersonSchema
from app.payload import decode
from app.providers import Provider, Rule
from app.reading import equals, first, path
from app.webhook import Webhook

_NUMBERS = "names a user and an organization by number only; user.* tells of the person"


class User(PersonSchema):
    """``name`` repeats the e-mail address or the phone number of somebody who signed up with no more than that."""

    user_id = At("data.object.user_id")
    name = At(
        "join(' ', [data.object.given_name, data.object.family_name])",
        "data.object | (name != email && name != phone_number && name)",
    )
    email = At("data.object.email")
    phone = At("data.object.phone_number")


class Logged(PersonSchema):
    """A line of a log stream: who signed up in a database is named by e-mail address, anybody else by number."""

    user_id = At("data.user_id")
    email = At("data.user_name && contains(data.user_name, '@') && data.user_name", "data.details.body.email")
    phone = At("data.details.body.phone_number")


class Auth0(Provider):
    title = "Auth0"
    docs = "https://auth0.com/docs/customize/events"
    event_id = first(path("id"), path("log_id"), path("data.log_id"))
    event_type = first(path("type"), path("data.type"))
    occurred_at = first(path("time"), path("data.date"))  # events come twice and out of order: this is their order
    test = equals(path("a0purpose"), "test")
    events = {
        "user.created": Rule(Meaning.SIGNED_UP, User),
        "user.updated": Rule(Meaning.UPDATED, User),
        "user.deleted": Rule(Meaning.ERASE, User),
        "ss": Rule(Meaning.SIGNED_UP, Logged, "a line of a log that names neither e-mail nor phone"),
    }
    ignores = {
        "organization.*": _NUMBERS,
        **dict.fromkeys(
            ("s", "ssa", "f*", "slo"), "a line of a log, but no signup: send the filter *User Signup* only"
        ),
    }
    setup = """\
1. In the Auth0 Dashboard, open *Event Streams*, choose *Create Event Stream* and then *Webhook*.
2. Paste {url} as the endpoint and choose `user.created`, `user.updated` and `user.deleted`.
3. As authorization choose *Bearer Token*, make up a long one, and put the same one into `secret`, with
   `auth = "bearer"`. (*Basic* goes as well: `auth = "basic"` and `user:password` as the secret.)
4. Auth0 signs nothing: the token proves who sends, not that nobody changed the body on the way. Use https only.
5. Where there are no event streams, *Monitoring > Streams > Custom Webhook* does it for signups: paste {url}, write
   `Bearer <secret>` as authorization token, choose a JSON content format, and the filter *User Signup* alone.
   What an Action of your own posts is for the provider `relay`."""
    delivery = "4 attempts within about 7 s, none after a 4xx; a stream is switched off after 500 failures in a row"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """A log stream sends batches: a JSON list, or one object a line."""
        lines = [line for line in webhook.body.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines):
            return split(webhook, [decode(line) for line in lines])
        return each_element(webhook)

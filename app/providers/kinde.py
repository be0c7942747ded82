"""Kinde: users, subscribers and requests for access; the body is a signed token."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import first, header, path
from app.signatures import Jwt


class User(PersonSchema):
    user_id = At("data.user.id")
    name = At("join(' ', [data.user.first_name, data.user.last_name])")
    email = At("data.user.email")
    phone = At("data.user.phone")


class Applicant(PersonSchema):
    """A subscriber, or somebody who asks for access; ``id`` is the subscription's, ``user_id`` is the user's, if any.

    https://github.com/kinde-oss/webhook/blob/main/lib/types.ts
    """

    user_id = At("data.subscriber.user_id", "data.access_request.user_id")
    name = At(
        "join(' ', [data.subscriber.first_name, data.subscriber.last_name])",
        "join(' ', [data.access_request.first_name, data.access_request.last_name])",
    )
    email = At("data.subscriber.email", "data.access_request.email")


class Kinde(Provider):
    title = "Kinde"
    docs = "https://docs.kinde.com/integrate/webhooks/about-webhooks"
    signature = Jwt()
    event_id = first(path("event_id"), header("webhook-id"))  # what is in the token is signed, the header is not
    event_type = path("type")
    occurred_at = first(path("event_timestamp"), path("timestamp"))
    events = {
        "user.created": Rule(Meaning.SIGNED_UP, User),
        "user.updated": Rule(Meaning.UPDATED, User),
        "user.deleted": Rule(Meaning.ERASE, User),
        "subscriber.created": Rule(Meaning.SIGNED_UP, Applicant),
        "access_request.created": Rule(Meaning.SIGNED_UP, Applicant),
    }
    ignores = {
        "user.*": "a visit or an attempt at one, not a sign-up",
        "organization.*": "an organization; user.* tells of people",
        "role.*": "a role, not a person",
        "permission.*": "a permission, not a person",
        "customer.*": "billing; user.* tells of the person",
    }
    setup = """\
1. In Kinde, open *Settings > Environment > Webhooks* and choose *Add webhook*.
2. Paste {url} (https only), and choose `user.created`, `user.updated` and `user.deleted`; add `subscriber.created` and
   `access_request.created` if you use them.
3. There is no secret to copy: the body is a token that Kinde signs with its key. Put the address of the public keys,
   `https://<your_subdomain>.kinde.com/.well-known/jwks`, into `secret`. All that the bridge reads is signed. It asks
   there once an hour; while that cannot be reached, the keys it has are good for a day.
4. Users that are imported make no `user.created`."""
    delivery = "wants exactly 200; retries after 5 s, 30 s, 2 min, 10 min, 1 h, 4 h, then every 12 h up to 36 h"

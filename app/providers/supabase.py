"""Supabase: the auth hook that asks, before or after a user is created."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import first, joined, path
from app.signatures import StandardWebhooks

_NOBODY = "an anonymous user, without e-mail and phone"


class User(PersonSchema):
    """An empty text is no e-mail address and no number; a number comes without its +."""

    user_id = At("user.id")
    name = At(
        "user.user_metadata.full_name || user.user_metadata.name",
        "join(' ', [user.user_metadata.first_name, user.user_metadata.last_name])",
    )
    email = At("user.email")
    phone = At("user.phone && !starts_with(user.phone, '+') && join('', ['+', user.phone])", "user.phone")


class Supabase(Provider):
    title = "Supabase: auth hook"
    docs = "https://supabase.com/docs/guides/auth/auth-hooks/before-user-created-hook"
    # While a secret rotates, the secrets are joined by | and the signatures by ", ", not by a blank:
    # https://github.com/supabase/auth/blob/master/internal/hooks/hookshttp/hookshttp.go
    signature = StandardWebhooks(separator=", ")
    event_id = first(path("metadata.uuid"), joined(path("metadata.name"), path("user.id")))  # webhook-id: new each time
    event_type = path("metadata.name")
    occurred_at = path("metadata.time")  # the user's created_at is still 0001-01-01
    events = dict.fromkeys(("before-user-created", "after-user-created"), Rule(Meaning.SIGNED_UP, User, _NOBODY))
    ignores = {
        "send-*": "asks for a message to be sent, which the bridge does not do: use this hook for something else",
        "*-verification-attempt": "an attempt to sign in, not a sign-up",
        "custom-access-token": "asks for the claims of a token, which the bridge does not know",
    }
    reply = "{}"  # an empty answer would refuse the sign-up
    setup = """\
1. In the Supabase Dashboard, open *Authentication > Hooks*, choose *Add hook* and *Before User Created*.
2. Choose *HTTPS*, paste {url}, and choose *Generate secret*.
3. Copy the secret whole (`v1,whsec_…`; several are joined by `|`) into `secret`, and then choose *Create hook*.
4. This hook stands in everybody's way: while the bridge cannot be reached, or refuses the signature, nobody can sign
   up. Where that is too much, leave it out and use the provider `supabasedb`, which nobody has to wait for.
5. The user may still fail to be created after this hook; the contact is there all the same. The name is what the
   user's own app wrote into `user_metadata`: nobody has checked it."""
    delivery = "answers within 5 s, 3 attempts included; any other answer than 2xx refuses the sign-up"

"""Any JSON or form post: IFTTT, a web form, your own code, and every tool that has no provider of its own."""

from app.relays import MORE_THAN_SIGN_UPS, AnyPost


class Relay(AnyPost):
    title = "Relay: any JSON or form post"
    docs = "https://developer.mozilla.org/en-US/docs/Learn_web_development/Extensions/Forms"
    setup = (
        """\
1. In the tool that sends (IFTTT: *Make a web request*; your own code: a POST), paste {url}.
2. Send JSON or a form. Fields called `email`, `phone`, `name` or `first_name` and `last_name`, `consent` are found
   by themselves, in many languages; for others, say where they are under `[sources.<name>.contact]`.
3. Send the secret as `auth` says: for `bearer`, a header `Authorization: Bearer <secret>`. It is shown, nothing is
   signed: whoever has it can post anything, so keep it as you keep a password.
4. Name the tool's own id in `event_id`, so that nothing is taken twice; without it, equal bodies are one event."""
        + MORE_THAN_SIGN_UPS
    )
    delivery = "as the tool is set up: most do not retry by themselves, so switch its error handling on"

"""Make: whatever an HTTP module posts."""

from app.relays import MORE_THAN_SIGN_UPS, AnyPost


class Make(AnyPost):
    title = "Make"
    docs = "https://apps.make.com/http"
    setup = (
        """\
1. In the scenario, add the module *HTTP > Make a request*, paste {url}, and choose the method POST.
2. *Body type*: *Raw* with the content type JSON, or *x-www-form-urlencoded*. Put JSON together with *Create JSON*:
   written by hand, a quote or a line break in an answer makes it invalid (the bridge then answers 400).
3. Fields called `email`, `phone`, `name` or `first_name` and `last_name`, `consent` are found by themselves; for
   others, say where they are under `[sources.<name>.contact]`. Name an id of yours in `event_id`.
4. Add the header `Authorization` with `Bearer <secret>` (for `auth = "bearer"`), or choose *Basic auth*. The secret
   is shown, nothing is signed: keep the scenario private.
5. Switch *Evaluate all states as errors* on: otherwise Make takes every refusal for a success, and says nothing."""
        + MORE_THAN_SIGN_UPS
    )
    delivery = "as long as the module's timeout says; no retries unless the scenario has an error handler"

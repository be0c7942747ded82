"""Pipedream: whatever a step of a workflow posts."""

from app.relays import MORE_THAN_SIGN_UPS, AnyPost


class Pipedream(AnyPost):
    title = "Pipedream"
    docs = "https://pipedream.com/docs/workflows/building-workflows/http"
    setup = (
        """\
1. In the workflow, add the step *HTTP / Webhook > Send any HTTP Request*, method POST, and paste {url}.
2. Send a JSON body. Fields called `email`, `phone`, `name` or `first_name` and `last_name`, `consent` are found by
   themselves; for others, say where they are under `[sources.<name>.contact]`.
3. *Auth > Bearer token*: the secret (for `auth = "bearer"`), best from an environment variable of the project. The
   secret is shown, nothing is signed.
4. Send the id of the trigger's event as well and name it in `event_id`, so that a replay is not taken twice."""
        + MORE_THAN_SIGN_UPS
    )
    delivery = "as the workflow is set up: switch automatic retries on in its settings"

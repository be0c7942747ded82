"""n8n: whatever an HTTP Request node posts."""

from app.relays import MORE_THAN_SIGN_UPS, AnyPost


class N8n(AnyPost):
    title = "n8n"
    docs = "https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.httprequest/"
    # One request per item, unless items are batched into a list: both are read.
    setup = (
        """\
1. In the workflow, add the node *HTTP Request*, method POST, and paste {url}.
2. Switch *Send Body* on: *JSON* (or *Form Urlencoded*). Fields called `email`, `phone`, `name` or `first_name` and
   `last_name`, `consent` are found by themselves; for others, say where they are under `[sources.<name>.contact]`.
3. *Authentication > Generic Credential Type > Header Auth*: name `Authorization`, value `Bearer <secret>` (for
   `auth = "bearer"`); *Basic Auth* and *Query Auth* do as well. The secret is shown, nothing is signed.
4. Name an id of the item in `event_id`, so that an execution that is run again is not taken twice.
5. In the node's settings switch *Retry On Fail* on, and leave *Never Error* off."""
        + MORE_THAN_SIGN_UPS
    )
    delivery = "as long as the node's timeout says; it retries only as its Retry On Fail says"

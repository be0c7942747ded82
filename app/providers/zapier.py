"""Zapier: whatever a step "Webhooks by Zapier" posts."""

from app.relays import MORE_THAN_SIGN_UPS, AnyPost


class Zapier(AnyPost):
    title = "Zapier"
    docs = "https://help.zapier.com/hc/en-us/articles/8496326446989"
    # Empty values are not sent at all: their keys vanish. XML and raw text are answered with 415.
    setup = (
        """\
1. In the Zap, add the action *Webhooks by Zapier > POST* and paste {url}.
2. *Payload Type*: `json` (or `form`; not `xml`, not `raw`). Under *Data*, add `email`, `phone`, `name` or `first_name`
   and `last_name`, `consent`: fields of these names are found by themselves. Do not leave *Data* empty: then Zapier
   passes on all that the trigger has, the addresses of other people included.
3. Add a field `id` with the trigger's own id and set `event_id = "id"`, so that a replayed Zap is not taken twice.
   *Wrap Request In Array* may be on or off.
4. Under *Headers*, add `Authorization` with `Bearer <secret>` (for `auth = "bearer"`); or fill *Basic Auth* with
   `user|password` (for `auth = "basic"`). The secret is shown, nothing is signed: keep the Zap private."""
        + MORE_THAN_SIGN_UPS
    )
    delivery = "answers within 30 s; a failed step is tried again only where autoreplay is on"

"""Supabase: the database webhook on auth.users, which nobody who signs up has to wait for."""

from collections.abc import Iterable
from typing import Any

from app.batches import split
from app.contact import At, Meaning, PersonSchema
from app.providers import Provider, Rule
from app.reading import first, joined, path
from app.webhook import Event, Webhook

_ROW = "(record || old_record)"
_NOBODY = "an anonymous user, without e-mail and phone"
_DELETED = "the account was deleted: no request to be forgotten"
_type = path("type && join('.', [schema, table, type])")


class User(PersonSchema):
    """A row of auth.users; a number stands in it without its +."""

    user_id = At("record.id")
    name = At(
        "record.raw_user_meta_data.full_name || record.raw_user_meta_data.name",
        "join(' ', [record.raw_user_meta_data.first_name, record.raw_user_meta_data.last_name])",
    )
    email = At("record.email")
    phone = At("record.phone && !starts_with(record.phone, '+') && join('', ['+', record.phone])", "record.phone")


class SupabaseDb(Provider):
    title = "Supabase: database webhook"
    docs = "https://supabase.com/docs/guides/database/webhooks"
    event_id = joined(_type, path(f"{_ROW}.id"), path(f"{_ROW}.updated_at"))  # there is none of its own
    event_type = _type
    occurred_at = first(path(f"{_ROW}.updated_at"), path(f"{_ROW}.created_at"))
    events = {
        "auth.users.INSERT": Rule(Meaning.SIGNED_UP, User, _NOBODY),
        "auth.users.UPDATE": Rule(Meaning.UPDATED, User, _NOBODY),
    }
    ignores = {
        "auth.users.DELETE": _DELETED,
        "*.*.*": "a row of another table than auth.users: for tables of your own there is the provider relay",
    }
    setup = """\
1. In the Supabase Dashboard, open *Integrations > Database Webhooks* and choose *Create a new hook*.
2. Choose the schema `auth`, the table `users`, and the events *Insert* and *Update*.
3. Choose *HTTP Request*, the method POST, paste {url}, and give it the longest timeout there is.
4. Add a header `Authorization` with the value `Bearer <secret>`, a long secret that you make up; put the same one into
   `secret`, with `auth = "bearer"`. Supabase signs nothing: the secret proves who sends, and nothing proves the body.
5. Each row brings the hash of a password and tokens: the bridge takes them out before it keeps anything."""
    delivery = "answers within 1 to 10 s, as it is set up; no retries: what is missed stays missed"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """The same row without its password and its tokens, which are nobody's business here."""
        payload = webhook.payload
        if not isinstance(payload, dict):
            return (webhook,)
        clean = {name: _clean(value) if name in ("record", "old_record") else value for name, value in payload.items()}
        return split(webhook, [clean])

    def ignored(self, event: Event) -> str | None:
        row = event.outline.get("record") if isinstance(event.outline, dict) else None
        return _DELETED if isinstance(row, dict) and row.get("deleted_at") else None  # deleted softly


def _clean(row: Any) -> Any:
    secret = ("password", "token")
    return {n: v for n, v in row.items() if not any(word in n for word in secret)} if isinstance(row, dict) else row

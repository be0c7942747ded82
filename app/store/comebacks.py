"""News of somebody who was erased: what is older than that is let go of, what is newer brings in a new person.

The new person is uncertain: their contact may still be upstream, so a delivery looks before it creates one. Where
their phone number was erased, it may be all that this contact has in common with what they bring now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.mapping import Mapped
from app.store.emptying import ERASED
from app.store.people import hold, identities_of
from app.store.phone_alone import note_phones
from app.store.tables import persons
from app.store.tombstones import Key, erased
from app.webhook import EventStatus

Result = tuple[sa.Row[Any], str, Mapped]  # an event's row, its org, what it became


def tell_apart(
    connection: sa.Connection, mapped: Sequence[Result]
) -> tuple[list[Result], set[int], dict[int, str | None]]:
    """Return the results with old news ignored, the rows of old news, and the rows that bring somebody back.

    The last ones with the phone number, if it is one that was erased.
    """
    buried = erased(connection, {key for _, org, result in mapped for key in _keys(org, result)})
    if not buried:
        return list(mapped), set(), {}
    last = {row.id: _last_erasure(buried, _keys(org, result)) for row, org, result in mapped}
    old = {row.id for row, _, _ in mapped if (at := last[row.id]) and min(row.occurred_at, row.received_at) <= at}
    results = [(row, org, _ignored(result) if row.id in old else result) for row, org, result in mapped]
    back = [(row.id, _keys(org, result)) for row, org, result in mapped if last[row.id] and row.id not in old]
    return results, old, {row: _phone(buried, keys) for row, keys in back}


def look_first(connection: sa.Connection, people: Mapping[int, str | None], now: datetime) -> None:
    """Let deliveries look these persons up before they create them, by phone too where there is one that was erased."""
    hold(connection, people, read=False)
    unknown = (persons.c.id.in_(sorted(people)), persons.c.contact_id.is_(None))
    doubtful = persons.update().where(*unknown).values(uncertain=True).returning(persons.c.id)
    strangers = connection.execute(doubtful).scalars().all()
    note_phones(connection, {person: phone for person in strangers if (phone := people[person])}, now)


def _keys(org: str, result: Mapped) -> list[Key]:
    if result.status is not EventStatus.PENDING or result.contact is None:
        return []
    return [(org, kind, value) for kind, value in identities_of(result.contact).items()]


def _last_erasure(buried: Mapping[Key, datetime], keys: Iterable[Key]) -> datetime | None:
    return max((buried[key] for key in keys if key in buried), default=None)


def _phone(buried: Mapping[Key, datetime], keys: Iterable[Key]) -> str | None:
    return next((value for _, kind, value in (key for key in keys if key in buried) if kind == "phone"), None)


def _ignored(result: Mapped) -> Mapped:
    return replace(result, status=EventStatus.IGNORED, reason=f"{ERASED}, after this happened", contact=None, notes=())

"""News of somebody who was erased: what is older than that is let go of, what is newer brings in a new person.

The new person is uncertain: their contact may still be upstream, so a delivery looks before it creates one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.mapping import Mapped
from app.store.emptying import ERASED
from app.store.people import hold, identities_of
from app.store.tables import persons
from app.store.tombstones import Key, erased
from app.webhook import EventStatus

Result = tuple[sa.Row[Any], str, Mapped]  # an event's row, its org, what it became


def tell_apart(connection: sa.Connection, mapped: Sequence[Result]) -> tuple[list[Result], set[int], set[int]]:
    """Return the results with old news ignored, the rows of old news, and the rows that bring somebody back."""
    buried = erased(connection, {key for _, org, result in mapped for key in _keys(org, result)})
    if not buried:
        return list(mapped), set(), set()
    last = {row.id: _last_erasure(buried, _keys(org, result)) for row, org, result in mapped}
    old = {row.id for row, _, _ in mapped if (at := last[row.id]) and min(row.occurred_at, row.received_at) <= at}
    results = [(row, org, _ignored(result) if row.id in old else result) for row, org, result in mapped]
    return results, old, {row for row, at in last.items() if at and row not in old}


def look_first(connection: sa.Connection, people: Collection[int]) -> None:
    """Let deliveries look these persons up before they create them."""
    hold(connection, people, read=False)
    unknown = (persons.c.id.in_(sorted(people)), persons.c.contact_id.is_(None))
    connection.execute(persons.update().where(*unknown).values(uncertain=True))


def _keys(org: str, result: Mapped) -> list[Key]:
    if result.status is not EventStatus.PENDING or result.contact is None:
        return []
    return [(org, kind, value) for kind, value in identities_of(result.contact).items()]


def _last_erasure(buried: Mapping[Key, datetime], keys: Iterable[Key]) -> datetime | None:
    return max((buried[key] for key in keys if key in buried), default=None)


def _ignored(result: Mapped) -> Mapped:
    return replace(result, status=EventStatus.IGNORED, reason=f"{ERASED}, after this happened", contact=None, notes=())

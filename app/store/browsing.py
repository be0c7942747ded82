"""What the operator's desk reads beside the log: persons, and how many events came when and what became of them."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.names import goes_by
from app.store.tables import events, identities, persons, status_is
from app.webhook import EventStatus


class Browsing:
    """Reads; nothing is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def event_row(self, source: str, event_id: str) -> tuple[int, int | None] | None:
        """Return an event's row number and its person's, or None."""
        this = (events.c.source == source, events.c.event_id == event_id)
        with self._database.reading() as connection:
            row = connection.execute(sa.select(*events.c["id", "person_id"]).where(*this)).first()
        return (row.id, row.person_id) if row else None

    def persons_named(self, values: Collection[str], most: int) -> list[int]:
        """Return the ids of the persons that have one of the identities."""
        named = sa.select(identities.c.person_id).where(goes_by(sorted(values))).distinct()
        with self._database.reading() as connection:
            return sorted(connection.execute(named.limit(most)).scalars())

    def org_of(self, person_id: int) -> str | None:
        """Return a person's org; None if there is no such person."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(persons.c.org).where(persons.c.id == person_id)).scalar()

    def consents(self, person_id: int, most: int = 500) -> list[Mapping[str, Any]]:
        """Return what each event of a person says, oldest first: ``source, event_id, occurred_at, contact``."""
        columns = events.c["source", "event_id", "occurred_at", "contact"]
        theirs = sa.select(*columns).where(events.c.person_id == person_id, events.c.contact.is_not(None))
        with self._database.reading() as connection:
            rows = connection.execute(theirs.order_by(events.c.occurred_at).limit(most))
            return [dict(row._mapping) for row in rows]  # noqa: SLF001 -- a Row's public mapping

    def last_of(self, source: str) -> Mapping[str, Any] | None:
        """Return the newest event of a source: ``event_id, event_type, received_at, status``; None if there is none."""
        columns = events.c["id", "event_id", "event_type", "received_at", "status"]
        with self._database.reading() as connection:  # one status at a time is one step in an index each
            found = [
                connection.execute(
                    sa.select(*columns).where(status_is(status), events.c.source == source)
                    .order_by(events.c.id.desc()).limit(1)
                ).first()
                for status in EventStatus
            ]  # fmt: skip
        newest = max((row for row in found if row), key=lambda row: row.id, default=None)
        return dict(newest._mapping) if newest else None  # noqa: SLF001 -- a Row's public mapping

    def counts_between(self, borders: Sequence[datetime]) -> list[dict[str, int]]:
        """Return, for each span between two borders, how many events came and are of which status now."""
        with self._database.reading() as connection:
            last = connection.execute(sa.select(sa.func.max(events.c.id))).scalar() or 0
            rows = [_first_from(connection, border, last) for border in borders]
            spans = itertools.pairwise(rows)
            return [_statuses(connection, first, end) if first < end else {} for first, end in spans]


def _first_from(connection: sa.Connection, moment: datetime, last: int) -> int:
    """Return the lowest row number that was received at a moment or later: rows are numbered as they come."""
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        at = sa.select(events.c.received_at).where(events.c.id >= middle).order_by(events.c.id).limit(1)
        received = connection.execute(at).scalar()
        if received is None or received >= moment:
            high = middle
        else:
            low = middle + 1
    return low


def _statuses(connection: sa.Connection, first: int, end: int) -> dict[str, int]:
    count = sa.select(sa.func.count()).select_from(events).where(events.c.id >= first, events.c.id < end)
    found = {status.value: connection.execute(count.where(status_is(status))).scalar_one() for status in EventStatus}
    return {status: number for status, number in found.items() if number}

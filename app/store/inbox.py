"""The ack path's one statement: keep events, each only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.store.columns import cleaned, microseconds
from app.store.database import Database
from app.store.group_commit import GroupCommit
from app.store.many_rows import ManyRows
from app.store.tables import events
from app.webhook import Event, EventStatus


@dataclass(frozen=True)
class Arrival:
    """Events of one webhook as they are to be kept: each with its first status and, if ignored, the reason."""

    received_at: datetime
    events: Sequence[tuple[Event, EventStatus, str | None]]


_Kept = tuple[Sequence[Event], Sequence[tuple[Any, ...]]]  # events of one webhook, and their rows


class Inbox:
    """Keeps what was verified."""

    def __init__(self, database: Database) -> None:
        insert = insert_into(database.engine.dialect, events).values({name: sa.bindparam(name) for name in _COLUMNS})
        once = insert.on_conflict_do_nothing().returning(events.c.source, events.c.event_id)
        self._insert = ManyRows(once, database.engine.dialect, _COLUMNS)
        self._seal = database.seal  # the statement passes by the column types that would do it
        self._keep: GroupCommit[_Kept, list[bool]] = GroupCommit(database.writing, self._write)

    def add(self, arrival: Arrival) -> list[bool]:
        """Return, per event and once they are on disk, True if it is new and False if it was kept before.

        Raises `StoreUnavailableError`: nothing was kept.
        """
        rows = [self._row(arrival, *kept) for kept in arrival.events]
        return self._keep(([event for event, _, _ in arrival.events], rows))

    def _write(self, connection: sa.Connection, kept: Sequence[_Kept]) -> list[list[bool]]:
        rows = [row for _, rows_of_one in kept for row in rows_of_one]
        rows.sort()  # by source and event id: two processes that insert in one order cannot deadlock
        new = {(row.source, row.event_id) for row in self._insert(connection, rows)}
        return [[_first(new, event) for event in arrived] for arrived, _ in kept]

    def _row(self, arrival: Arrival, event: Event, status: EventStatus, reason: str | None) -> tuple[Any, ...]:
        return (
            cleaned(event.source),
            cleaned(event.event_id),
            cleaned(event.event_type),
            event.test,
            microseconds(event.occurred_at),
            microseconds(arrival.received_at),
            cleaned(event.content_type),
            self._seal.seal(event.body),
            status.value,
            reason and self._seal.seal_text(cleaned(reason)),
            microseconds(arrival.received_at) if status is EventStatus.IGNORED else None,
        )


def insert_into(dialect: sa.Dialect, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what is to happen ON CONFLICT."""
    return sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)


def _first(new: set[tuple[str, str]], event: Event) -> bool:
    """True for the first of several arrivals with one id in one commit."""
    identity = (event.source, event.event_id)
    if identity in new:
        new.remove(identity)
        return True
    return False


_COLUMNS = (
    "source", "event_id", "event_type", "test", "occurred_at", "received_at", "content_type", "body", "status",
    "reason", "settled_at",
)  # fmt: skip

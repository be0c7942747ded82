"""The ack path's one statement: keep events, each only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.store.database import Database
from app.store.group_commit import GroupCommit
from app.store.many_rows import ManyRows
from app.store.tables import cleaned, events, microseconds
from app.webhook import Event, EventStatus


@dataclass(frozen=True)
class Arrival:
    """Events of one webhook as they are to be kept: each with its first status and, if ignored, the reason."""

    received_at: datetime
    events: Sequence[tuple[Event, EventStatus, str | None]]


class Inbox:
    """Keeps what was verified."""

    def __init__(self, database: Database) -> None:
        insert = insert_into(database, events).values({name: sa.bindparam(name) for name in _COLUMNS})
        once = insert.on_conflict_do_nothing().returning(events.c.source, events.c.event_id)
        self._insert = ManyRows(once, database.engine.dialect, _COLUMNS)
        self._keep: GroupCommit[Arrival, list[bool]] = GroupCommit(database.writing, self._write)

    def add(self, arrival: Arrival) -> list[bool]:
        """Return, per event and once they are on disk, True if it is new and False if it was kept before.

        Raises `StoreUnavailableError`: nothing was kept.
        """
        return self._keep(arrival)

    def _write(self, connection: sa.Connection, arrivals: Sequence[Arrival]) -> list[list[bool]]:
        rows = [_row(arrival, *kept) for arrival in arrivals for kept in arrival.events]
        rows.sort()  # by source and event id: two processes that insert in one order cannot deadlock
        new = {(row.source, row.event_id) for row in self._insert(connection, rows)}
        return [[_first(new, event) for event, _, _ in arrival.events] for arrival in arrivals]


def insert_into(database: Database, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what is to happen ON CONFLICT."""
    return sqlite.insert(table) if database.is_sqlite else postgresql.insert(table)


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


def _row(arrival: Arrival, event: Event, status: EventStatus, reason: str | None) -> tuple[Any, ...]:
    return (
        cleaned(event.source),
        cleaned(event.event_id),
        cleaned(event.event_type),
        event.test,
        microseconds(event.occurred_at),
        microseconds(arrival.received_at),
        cleaned(event.content_type),
        event.body,
        status.value,
        reason and cleaned(reason),
        microseconds(arrival.received_at) if status is EventStatus.IGNORED else None,
    )

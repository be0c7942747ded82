"""How long things are kept: payloads for ``retention_days``, idempotency keys for at least 90 days.

Everything goes in small transactions, oldest first, and each walks an index. On PostgreSQL rows that
another process has in hand are passed by, so any number may do this at once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.store.database import Database
from app.store.emptying import AT_ONCE, empty
from app.store.tables import events, tombstones

_Work = Callable[[sa.Connection, Sequence[int]], object]

SHORTEST_MEMORY = timedelta(days=90)  # senders repeat, and operators replay, for weeks


class Retention:
    """One step at a time: each returns how many rows it dealt with; fewer than ``most`` means that it is done."""

    def __init__(self, database: Database, days: int) -> None:
        self._database = database
        self._payloads = timedelta(days=days)
        self._keys = max(SHORTEST_MEMORY, self._payloads)

    def empty(self, now: datetime, most: int = AT_ONCE) -> int:
        """Take payloads, contacts, notes and conversations out of the oldest settled events."""
        return self._step(now - self._payloads, events.c.body.is_not(None), most, empty)

    def forget(self, now: datetime, most: int = AT_ONCE) -> int:
        """Delete the oldest rows that were emptied before, with their attempts: a duplicate is news after that."""
        return self._step(now - self._keys, events.c.body.is_(None), most, _delete)

    def unbury(self, now: datetime) -> int:
        """Delete tombstones that are as old as the oldest keys."""
        old = tombstones.delete().where(tombstones.c.erased_at < now - self._keys)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount

    def _step(self, before: datetime, state: sa.ColumnElement[bool], most: int, work: _Work) -> int:
        oldest = sa.select(events.c.id).where(events.c.settled_at.is_not(None), events.c.settled_at < before, state)
        oldest = oldest.order_by(events.c.settled_at).limit(most)
        with self._database.reading() as connection:  # most of the time there is nothing, and nobody waits for that
            if connection.execute(oldest.limit(1)).first() is None:
                return 0
        with self._database.writing() as connection:
            rows = connection.execute(oldest.with_for_update(skip_locked=True)).scalars().all()
            if rows:
                work(connection, rows)
        return len(rows)


def _delete(connection: sa.Connection, rows: Sequence[int]) -> None:
    connection.execute(events.delete().where(events.c.id.in_(rows)))

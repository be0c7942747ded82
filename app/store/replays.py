"""Putting events back to where mapping begins, in small transactions that hold nobody up."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.dismissals import dismissed
from app.store.log import Filter
from app.store.many_events import AT_ONCE, Batch, Selected, being_delivered, in_batches
from app.store.tables import events
from app.webhook import EventStatus


class Replays:
    """Replays what a `Filter` selects, oldest first, so that the order is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def batches(
        self, which: Filter, now: datetime, at_once: int = AT_ONCE, between: tuple[int, int] | None = None
    ) -> Iterator[Batch]:
        """Put the selected events back, see `in_batches`; unfit is what has no payload any more.

        Spared is what was ignored by hand, unless that is meant expressly.
        """

        def change(connection: sa.Connection, found: list[Selected]) -> Batch:
            return _put_back(connection, which, found, now)

        return in_batches(self._database, which, at_once, change, between)


def _put_back(connection: sa.Connection, which: Filter, found: list[Selected], now: datetime) -> Batch:
    """On PostgreSQL whatever somebody claims, settles or maps at this moment is locked, and passed by; what we lock
    nobody claims. So the leases are looked at afterwards, and whether the event is still among those that are meant."""
    there = [row.id for row in found if not row.gone]
    meant = sa.select(*events.c["id", "status", "reason"]).where(events.c.id.in_(there), *which.conditions())
    locked = connection.execute(meant.with_for_update(skip_locked=True)).all()
    spared = [row.id for row in locked if which.spares_dismissed and dismissed(row.status, row.reason)]
    mine = [row.id for row in locked if row.id not in spared]
    free = events.update().where(events.c.id.in_(mine), sa.not_(being_delivered())).values(again(now))
    changed = connection.execute(free.returning(events.c.id, events.c.source, events.c.event_id)).all()
    return Batch(
        changed=[(row.source, row.event_id) for row in sorted(changed)],
        busy=len(there) - len(spared) - len(changed),
        unfit=len(found) - len(there),
        seen=len(found),
        reached=found[-1].received_at,
        spared=len(spared),
        row=found[-1].id,
    )


def again(now: datetime) -> dict[str, Any]:
    """Return the columns of an event that is to be mapped again."""
    return {
        "status": EventStatus.RECEIVED.value, "reason": None, "due_at": None, "attempts": 0,
        "first_attempt_at": None, "settled_at": None, "replayed_at": now,
    }  # fmt: skip

"""Putting events back to where mapping begins, in small transactions that hold nobody up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.store.database import Database
from app.store.log import Filter
from app.store.tables import events, persons
from app.webhook import EventStatus

_AT_ONCE = 500


@dataclass(frozen=True)
class Batch:
    """What one transaction did: which events are to be mapped ``again``, and how many were left alone.

    ``busy`` are being delivered at this moment, ``gone`` have no payload any more. ``seen`` counts them all,
    and ``reached`` is when the last of them was received.
    """

    again: list[tuple[str, str]]
    busy: int
    gone: int
    seen: int
    reached: datetime


def being_delivered() -> sa.ColumnElement[bool]:
    """The condition that somebody works on an event of the same person, and this one may be it."""
    leased = sa.exists().where(persons.c.id == events.c.person_id, persons.c.lease_owner.is_not(None))
    return sa.and_(events.c.status == EventStatus.PENDING.value, leased)


class Replays:
    """Replays what a `Filter` selects, oldest first, so that the order is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def extent(self, which: Filter) -> tuple[int, int]:
        """Return how many events are selected, and the highest of their row numbers."""
        counted = sa.select(sa.func.count(), sa.func.max(events.c.id)).where(*which.conditions())
        with self._database.reading() as connection:
            count, last = connection.execute(counted).one()
        return count, last or 0

    def batches(self, which: Filter, at_once: int = _AT_ONCE) -> Iterator[Batch]:
        """Put the selected events back, some at a time; what comes or changes meanwhile is not taken twice.

        Between two batches it can be left. Each is on disk when it is returned.
        """
        row, (_, last) = 0, self.extent(which)
        while True:
            with self._database.writing() as connection:
                found = _selected(connection, which, row, last, at_once)
                if not found:
                    return
                batch = _put_back(connection, which, found)
            row = found[-1].id
            yield batch


def _selected(
    connection: sa.Connection, which: Filter, after: int, last: int, most: int
) -> list[sa.Row[tuple[int, datetime, bool]]]:
    columns = (events.c.id, events.c.received_at, events.c.body.is_(None).label("gone"))
    bounds = (events.c.id > after, events.c.id <= last)
    return list(
        connection.execute(sa.select(*columns).where(*which.conditions(), *bounds).order_by(events.c.id).limit(most))
    )


def _put_back(connection: sa.Connection, which: Filter, found: list[sa.Row[tuple[int, datetime, bool]]]) -> Batch:
    """On PostgreSQL whatever somebody claims, settles or maps at this moment is locked, and passed by; what we lock
    nobody claims. So the leases are looked at afterwards, and whether the event is still among those that are meant."""
    there = [row.id for row in found if not row.gone]
    locked = sa.select(events.c.id).where(events.c.id.in_(there), *which.conditions()).with_for_update(skip_locked=True)
    mine = list(connection.execute(locked).scalars())
    again = events.update().where(events.c.id.in_(mine), sa.not_(being_delivered())).values(AGAIN)
    changed = connection.execute(again.returning(events.c.id, events.c.source, events.c.event_id)).all()
    return Batch(
        again=[(row.source, row.event_id) for row in sorted(changed)],
        busy=len(there) - len(changed),
        gone=len(found) - len(there),
        seen=len(found),
        reached=found[-1].received_at,
    )


AGAIN = {
    "status": EventStatus.RECEIVED.value, "reason": None, "due_at": None, "attempts": 0,
    "first_attempt_at": None, "settled_at": None,
}  # fmt: skip

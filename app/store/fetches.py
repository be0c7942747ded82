"""Thin events: they name their person by number only, and wait until the sender's API has told the rest.

Such an event is pending without a person. Whoever takes it puts it off by a lease, so that it comes
up again by itself if that process dies.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.store.database import Database
from app.store.documents import event_from
from app.store.emptying import silence_late
from app.store.pauses import none_of
from app.store.settlements import attempt_row
from app.store.tables import attempts, events
from app.store.unreadable import set_aside
from app.store.work import Attempt
from app.webhook import Event, EventStatus

LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Errand:
    """A thin event whose person is to be fetched; ``tries`` and ``first_attempt_at`` are of fetches before."""

    row: int
    event: Event
    org: str
    tries: int
    first_attempt_at: datetime | None


@dataclass(frozen=True)
class Fetched:
    """How an errand ended: with the ``answer``, or with a ``reason`` to try again at ``due_at`` or to give up."""

    errand: Errand
    attempt: Attempt
    answer: bytes | None = None
    reason: str | None = None
    due_at: datetime | None = None


class Fetches:
    """Hands out thin events and takes back what was fetched."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, now: datetime, most: int, orgs: Collection[str], without: Collection[str] = ()) -> list[Errand]:
        """Take up to ``most`` thin events that are due; ``without`` names sources that are left out."""
        thin = (
            events.c.due_at.is_not(None),
            events.c.due_at <= now,
            events.c.person_id.is_(None),
            events.c.org.in_(orgs),
            *none_of(without),
        )
        due = sa.select(events).where(*thin).order_by(events.c.due_at, events.c.id).limit(most)
        with self._database.asking() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        with self._database.writing() as connection:
            rows = connection.execute(due.with_for_update(skip_locked=True)).all()
            mine = events.update().where(events.c.id.in_([row.id for row in rows]))
            connection.execute(mine.values(due_at=now + LEASE))
            rows = set_aside(connection, rows)
        return [Errand(row.id, event_from(row), row.org, row.attempts, row.first_attempt_at) for row in rows]

    def settle(self, fetched: Fetched) -> None:
        """Record how an errand ended: the event is mapped next, or waits, or failed.

        Whoever comes after the lease, when another process has been there already, changes nothing.
        """
        errand = fetched.errand
        if fetched.answer is not None:
            status, tries = EventStatus.RECEIVED, 0
        else:
            status, tries = EventStatus.PENDING if fetched.due_at else EventStatus.FAILED, errand.tries + 1
        values = {
            "status": status.value,
            "fetched": fetched.answer,
            "reason": fetched.reason,
            "due_at": fetched.due_at,
            "attempts": tries,
            "first_attempt_at": (errand.first_attempt_at or fetched.attempt.started_at) if tries else None,
            "settled_at": fetched.attempt.started_at if status is EventStatus.FAILED else None,
        }
        with self._database.writing() as connection:
            connection.execute(attempts.insert().values(attempt_row(errand.row, fetched.attempt)))
            waiting = (events.c.status == EventStatus.PENDING.value, events.c.person_id.is_(None))
            connection.execute(events.update().where(events.c.id == errand.row, *waiting).values(values))
            silence_late(connection, [errand.row])

"""What events and refused webhooks say of how well a bridge is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.store.database import Database
from app.store.tables import events, refusals, source_hours, status_is
from app.webhook import EventStatus

_NEWEST = 20
_WAITING = (EventStatus.RECEIVED, EventStatus.PENDING)


@dataclass(frozen=True)
class Failure:
    """One event that failed: its reason may quote what the upstream said, and so a person."""

    source: str
    reason: str | None
    attempts: int


@dataclass(frozen=True)
class Waits:
    """The event that has waited longest, and since when: a replay begins it anew."""

    source: str
    event_id: str
    since: datetime


@dataclass(frozen=True)
class Refused:
    """Webhooks of a source that were refused one after the other, with none between that was genuine."""

    since: datetime
    cause: str


class Symptoms:
    """Reads them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def failures(self) -> tuple[int, list[Failure]]:
        """Return how many events are failed, and the newest of them."""
        failed = status_is(EventStatus.FAILED)
        counted = sa.select(sa.func.count()).select_from(events).where(failed)
        newest = sa.select(*events.c["source", "reason", "attempts"]).where(failed)
        with self._database.reading() as connection:
            count = connection.execute(counted).scalar_one()
            rows = connection.execute(newest.order_by(events.c.id.desc()).limit(_NEWEST)).all() if count else []
        return count, [Failure(*row) for row in rows]

    def waits(self, since: datetime) -> Waits | None:
        """Return the first event that has waited at least since then, for its turn or for another try."""
        began = sa.func.coalesce(events.c.replayed_at, events.c.received_at, type_=events.c.received_at.type)
        first = sa.select(*events.c["source", "event_id"], began.label("since")).order_by(events.c.id).limit(1)
        with self._database.reading() as connection:
            found = [connection.execute(first.where(status_is(status), began <= since)).first() for status in _WAITING]
        return min(
            (Waits(row.source, row.event_id, row.since) for row in found if row),
            key=lambda waits: waits.since,
            default=None,
        )

    def refused(self, source: str, count: int, causes: Collection[str], since: datetime) -> Refused | None:
        """Return the last ``count`` refusals of a source, if all are for these causes and newer than its last event and
        than ``since``; None if there are fewer."""
        mine = sa.select(*refusals.c["refused_at", "cause"]).where(refusals.c.source == source)
        mine = mine.where(refusals.c.cause.in_(causes)).order_by(refusals.c.id.desc()).limit(count)
        heard = sa.select(sa.func.max(source_hours.c.last_at)).where(source_hours.c.source == source)
        with self._database.reading() as connection:
            rows = connection.execute(mine).all()
            last = connection.execute(heard).scalar()
        if len(rows) < count or rows[-1].refused_at <= max(since, last or since):
            return None
        return Refused(rows[-1].refused_at, _commonest([row.cause for row in rows]))


def _commonest(causes: Sequence[str]) -> str:
    return max(dict.fromkeys(causes), key=causes.count)

"""Events as they were kept and mapped, with their payload: what today's mapping is compared with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.differences import writes
from app.store.database import Database
from app.store.dismissals import dismissed
from app.store.documents import event_from
from app.store.log import Filter
from app.store.many_events import being_delivered
from app.store.seal import Unreadable
from app.store.tables import attempts, events
from app.store.unreadable import missing_keys
from app.webhook import Event, EventStatus

_AT_ONCE = 200


@dataclass(frozen=True)
class Kept:
    """An event and what mapping made of it: ``contact`` is plain data, None where none was made.

    ``busy``: it is being delivered at this moment. ``gone``: its payload was erased, or is past its
    time. ``missing`` are the marks of the keys without which it cannot be read.
    """

    row: int
    event: Event
    received_at: datetime
    status: EventStatus
    reason: str | None
    contact: dict[str, Any] | None
    meaning: str | None
    busy: bool
    gone: bool
    missing: frozenset[str]

    @property
    def dismissed(self) -> bool:
        """It was ignored by hand."""
        return dismissed(self.status, self.reason)


class Archive:
    """Reads events for a comparison; nothing is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, most: int, source: str | None = None) -> Iterator[Kept]:
        """Yield the newest ``most`` events that still have their payload, newest first.

        What cannot be read for want of a key, and what was ignored by hand, comes between them, and does not count.
        """
        whole = [*Filter(source=source).conditions(), events.c.body.is_not(None)]
        before: list[sa.ColumnElement[bool]] = []
        while most > 0 and (found := self._read([*whole, *before], events.c.id.desc(), min(most, _AT_ONCE))):
            yield from found
            most -= sum(not (kept.missing or kept.dismissed) for kept in found)
            before = [events.c.id < found[-1].row]

    def emptied(self, since_row: int, source: str | None = None) -> int:
        """Return how many events from a row on have no payload any more."""
        empty = (*Filter(source=source).conditions(), events.c.body.is_(None), events.c.id >= since_row)
        with self._database.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(events).where(*empty)).scalar_one()

    def selected(self, which: Filter) -> Iterator[Kept]:
        """Yield every event that is selected, oldest first."""
        after = 0
        while found := self._read([*which.conditions(), events.c.id > after], events.c.id, _AT_ONCE):
            yield from found
            after = found[-1].row

    def last_sent(self, row: int) -> list[dict[str, Any]]:
        """Return the requests of the last readable attempt that sent more than look-ups; none if there is none."""
        tries = sa.select(attempts.c.exchanges).where(attempts.c.event_row == row).order_by(attempts.c.id.desc())
        with self._database.reading() as connection:
            for exchanges in connection.execute(tries).scalars():
                if isinstance(exchanges, Unreadable):
                    continue
                if any(map(writes, exchanges or ())):
                    return list(exchanges)
        return []

    def _read(self, conditions: list[sa.ColumnElement[bool]], order: sa.ColumnElement[Any], most: int) -> list[Kept]:
        statement = sa.select(events, being_delivered().label("busy")).where(*conditions).order_by(order).limit(most)
        with self._database.reading() as connection:
            return [_kept(row) for row in connection.execute(statement)]


def _kept(row: sa.Row[Any]) -> Kept:
    return Kept(
        row=row.id, event=event_from(row), received_at=row.received_at, status=EventStatus(row.status),
        reason=row.reason, contact=row.contact, meaning=row.meaning, busy=bool(row.busy), gone=row.body is None,
        missing=missing_keys(row),
    )  # fmt: skip

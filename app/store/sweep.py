"""Looking through everything that is kept for somebody's traces, and taking them out, in batches.

The person's own events are left for the end: see erasure. What is found elsewhere is emptied. Only an
event that waits for *another* person goes on, without its payload and without what named this one.
Where a key is missing to read it all, nobody can say that it is done: `KeyMissingError`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.documents import event_from
from app.store.emptying import AT_ONCE, Emptied, erase_events, silence
from app.store.tables import attempts, events, org_states
from app.store.unreadable import insist_on_reading
from app.traces import Traces
from app.webhook import EventStatus

Progress = Callable[[int], None]  # how many events and attempts were looked through so far
_ADDRESSES = ("user_id", "email", "phone")
_GONE = "the upstream's words went with a person's data"


@dataclass(frozen=True)
class _Batch:
    looked: int
    events: Sequence[sa.Row[Any]] = ()
    attempts: Sequence[int] = ()


class Sweep:
    """One way through the events and attempts of a database. ``people`` are left out.

    ``found`` is what was emptied; ``unsearched``, how many events and attempts no key opens although it is there.
    """

    def __init__(
        self, traces: Traces, people: Collection[int], where: Collection[sa.ColumnElement[bool]], now: datetime
    ) -> None:
        self._traces, self._now, self._people = traces, now, people
        elsewhere = sa.or_(events.c.person_id.is_(None), events.c.person_id.not_in(sorted(people)))
        says = sa.or_(*(events.c[name].is_not(None) for name in ("body", "reason", "notes")))
        self._events = sa.select(events).where(says, elsewhere, *where)
        self._last_event, self._last_attempt = 0, 0
        self.found, self.unsearched = Emptied(), 0

    def run(self, database: Database, progress: Progress) -> None:
        """Go through all that is there, with a short transaction for each batch in which something was found."""
        looked = 0
        for step in (self._look_at_events, self._look_at_attempts):
            for batch in _batches(database, step):
                if batch.events or batch.attempts:
                    with database.writing() as connection:
                        self._clean(connection, batch)
                looked += batch.looked
                progress(looked)

    def count(self, database: Database, progress: Progress) -> int:
        """Return in how many events something would be found, in place of a `run`; nothing is changed."""
        looked, found = 0, 0
        for batch in _batches(database, self._look_at_events):
            looked, found = looked + batch.looked, found + len(batch.events)
            progress(looked)
        return found

    def rest(self, connection: sa.Connection) -> None:
        """Go through what came in since, within the caller's transaction."""
        for step in (self._look_at_events, self._look_at_attempts):
            while (batch := step(connection)).looked:
                self._clean(connection, batch)
        for org, reason in connection.execute(sa.select(*org_states.c["org", "reason"])).all():
            self.unsearched += insist_on_reading(connection, [[reason]])
            if reason and self._traces.mentioned_in(reason):
                connection.execute(org_states.update().where(org_states.c.org == org).values(reason=_GONE))

    def _look_at_events(self, connection: sa.Connection) -> _Batch:
        page = self._events.where(events.c.id > self._last_event).order_by(events.c.id).limit(AT_ONCE)
        rows = connection.execute(page).all()
        self._last_event = rows[-1].id if rows else self._last_event
        named = {row.id: row for row in rows if self._names(row)}
        self.unsearched += insist_on_reading(connection, (row for row in rows if row.id not in named))
        return _Batch(len(rows), events=list(named.values()))

    def _look_at_attempts(self, connection: sa.Connection) -> _Batch:
        said = sa.or_(attempts.c.exchanges.is_not(None), attempts.c.message.is_not(None))
        page = sa.select(*attempts.c["id", "message", "exchanges"]).where(attempts.c.id > self._last_attempt, said)
        rows = connection.execute(page.order_by(attempts.c.id).limit(AT_ONCE)).all()
        self._last_attempt = rows[-1].id if rows else self._last_attempt
        found = [row.id for row in rows if self._traces.mentioned_in([row.message, row.exchanges])]
        self.unsearched += insist_on_reading(connection, (row for row in rows if row.id not in found))
        return _Batch(len(rows), attempts=found)

    def _names(self, row: sa.Row[Any]) -> bool:
        kept = [row.contact, row.notes, row.reason, row.event_type, row.event_id]
        return self._traces.named_in(event_from(row)) or self._traces.among(kept)

    def _clean(self, connection: sa.Connection, batch: _Batch) -> None:
        these = sa.select(events.c.id).where(events.c.id.in_([row.id for row in batch.events])).order_by(events.c.id)
        connection.execute(these.with_for_update()).all()  # in one order, as everybody who takes several
        going_on = {row.id: left for row in batch.events if (left := self._without(row))}
        gone = [row.id for row in batch.events if row.id not in going_on]
        if gone:
            self.found += erase_events(connection, gone, self._now)
        for row, contact in going_on.items():
            nothing = {"body": None, "fetched": None, "notes": None, "reason": None}
            connection.execute(events.update().where(events.c.id == row).values(contact=contact, **nothing))
            self.found += Emptied(1, silence(connection, attempts.c.event_row == row))
        if batch.attempts:
            self.found += Emptied(0, silence(connection, attempts.c.id.in_(batch.attempts)))

    def _without(self, row: sa.Row[Any]) -> dict[str, Any] | None:
        """The contact of an event that waits for somebody else, less what names this one; None if nobody is left."""
        if row.status != EventStatus.PENDING.value or row.person_id is None:
            return None
        left = {name: value for name, value in (row.contact or {}).items() if not self._traces.among([value])}
        return left if any(name in left for name in _ADDRESSES) else None


def _batches(database: Database, step: Callable[[sa.Connection], _Batch]) -> Iterator[_Batch]:
    while True:
        with database.reading() as connection:
            batch = step(connection)
        if not batch.looked:
            return
        yield batch

"""What was received and is to be mapped, or mapped again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.mapping import Mapped
from app.store.comebacks import Result, look_first, tell_apart
from app.store.database import Database, Lock, one_at_a_time
from app.store.dismissals import dismissals_among
from app.store.documents import contact_to, event_from
from app.store.emptying import empty
from app.store.hours import note
from app.store.people import Tie, tie
from app.store.tables import events, status_is
from app.store.unreadable import REASON, unreadable
from app.webhook import Event, EventStatus

Mapper = Callable[[Event], tuple[str, Mapped]]  # the event's org, and what mapping made of it


@dataclass(frozen=True)
class Verdict:
    """What became of one received event; for the log and the metrics."""

    source: str
    event_id: str
    status: EventStatus
    reason: str | None


class Received:
    """Moves events from received to pending, ignored or failed, and ties their identities to persons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def map(self, mapper: Mapper, now: datetime, most: int = 200) -> list[Verdict]:
        """Map the oldest received events, ``most`` at a time; return what became of each."""
        with self._taken(most) as (rows, record):
            if not rows:
                return []
            results = record([(row, *_mapped(mapper, row)) for row in rows], now)
        return [Verdict(row.source, row.event_id, result.status, result.reason) for row, _, result in results]

    @contextmanager
    def _taken(self, most: int) -> Iterator[tuple[Sequence[sa.Row[Any]], Callable[..., list[Result]]]]:
        """The rows to map, and the call that records the results.

        On PostgreSQL the rows are locked meanwhile, so that other processes map other rows. On SQLite
        a lock would hold up every writer, so nothing is locked and only what is still received is changed.
        """
        oldest = sa.select(events).where(status_is(EventStatus.RECEIVED)).order_by(events.c.id).limit(most)
        if self._database.is_sqlite:
            with self._database.reading() as connection:
                rows = connection.execute(oldest).all()
            yield rows, self._record_in_own_transaction
        else:
            with self._database.writing() as connection:
                rows = connection.execute(oldest.with_for_update(skip_locked=True)).all()
                yield rows, lambda mapped, now: _record(connection, mapped, now)

    def _record_in_own_transaction(self, mapped: Sequence[Result], now: datetime) -> list[Result]:
        with self._database.writing() as connection:
            return _record(connection, mapped, now)


def _mapped(mapper: Mapper, row: sa.Row[Any]) -> tuple[str, Mapped]:
    if unreadable(row):
        return "", Mapped(EventStatus.FAILED, REASON)
    try:
        return mapper(event_from(row))
    except Exception as error:  # noqa: BLE001 -- a bug of ours at one event must not stop all others
        return "", Mapped(EventStatus.FAILED, f"an error in the bridge itself: {type(error).__name__}")


_CHANGED = (
    "status", "reason", "org", "meaning", "contact", "notes", "person_id", "due_at", "settled_at",
)  # fmt: skip
_UPDATE = (
    events.update()
    .where(events.c.id == sa.bindparam("row"), events.c.status == EventStatus.RECEIVED.value)
    .values({name: sa.bindparam(f"new_{name}") for name in _CHANGED})
)


def _record(connection: sa.Connection, mapped: Sequence[Result], now: datetime) -> list[Result]:
    one_at_a_time(connection, Lock.TIES)  # nobody is erased between here and the ties
    note(connection, ((row.source, row.received_at) for row, _, _ in mapped if row.replayed_at is None))
    results, old, returning = tell_apart(connection, mapped)
    wanted = [(org, result.contact) for _, org, result in results if result.contact and _needs_person(result)]
    ties = iter(tie(connection, wanted, now))
    rows = [
        _row(row, org, result, next(ties) if result.contact and _needs_person(result) else None, now)
        for row, org, result in results
    ]
    connection.execute(_UPDATE, rows)
    if old:
        empty(connection, old)
    if returning:
        look_first(connection, {r["new_person_id"]: returning[r["row"]] for r in rows if r["row"] in returning}, now)
    return results


def _needs_person(result: Mapped) -> bool:
    return result.status is EventStatus.PENDING


def _row(row: sa.Row[Any], org: str, result: Mapped, tied: Tie | None, now: datetime) -> dict[str, Any]:
    pending = result.status is EventStatus.PENDING
    notes = [*dismissals_among(row.notes), *result.notes, *([tied.note] if tied and tied.note else [])]
    return {
        "row": row.id,
        "new_status": result.status.value,
        "new_reason": result.reason or None,
        "new_org": org,
        "new_meaning": result.meaning.value if result.meaning else None,
        "new_contact": contact_to(result.contact) if result.contact else None,
        "new_notes": notes or None,
        "new_person_id": tied.person_id if tied else None,
        "new_due_at": now if pending else None,
        "new_settled_at": None if pending or result.reason == REASON else now,
    }

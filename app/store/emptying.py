"""Taking the personal data out of events and leaving the idempotency key, so that a duplicate stays one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.tables import attempts, events
from app.webhook import EventStatus

AT_ONCE = 200  # rows a transaction: what an ack may have to wait for
ERASED = "this person was erased"
_FAILED = "failed; the details are gone with the payload"
_WAITING = (EventStatus.RECEIVED.value, EventStatus.PENDING.value)


@dataclass(frozen=True)
class Emptied:
    """How many payloads and attempts lost what they held."""

    payloads: int = 0
    attempts: int = 0

    def __add__(self, other: "Emptied") -> "Emptied":
        return Emptied(self.payloads + other.payloads, self.attempts + other.attempts)


def empty(connection: sa.Connection, rows: Collection[int], also: Mapping[str, Any] | None = None) -> Emptied:
    """Empty events and their attempts; set ``also`` besides. A failed event's reason may quote, so it becomes plain."""
    ids = sorted(rows)
    held = sa.select(sa.func.count()).where(events.c.id.in_(ids), events.c.body.is_not(None))
    payloads = connection.execute(held).scalar() or 0
    failed = events.c.status == EventStatus.FAILED.value
    nothing = {"body": None, "fetched": None, "contact": None, "notes": None}
    values = {**nothing, "reason": sa.case((failed, _FAILED), else_=events.c.reason), **(also or {})}
    connection.execute(events.update().where(events.c.id.in_(ids)).values(values))
    return Emptied(payloads, silence(connection, attempts.c.event_row.in_(ids)))


def erase_events(connection: sa.Connection, rows: Collection[int], now: datetime, reason: str = ERASED) -> Emptied:
    """Empty events of somebody who is erased: whatever still waited is ignored, and nothing points at a person."""
    waiting = events.c.status.in_(_WAITING)
    failed = events.c.status == EventStatus.FAILED.value
    also = {
        "status": sa.case((waiting, EventStatus.IGNORED.value), else_=events.c.status),
        "reason": sa.case((waiting, reason), (failed, f"failed; {reason} since"), else_=events.c.reason),
        "settled_at": sa.func.coalesce(events.c.settled_at, sa.bindparam("now", now, type_=events.c.settled_at.type)),
        "person_id": None,
        "due_at": None,
    }
    return empty(connection, rows, also)


def silence(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> int:
    """Take messages and exchanges out of attempts; return how many had any."""
    said = sa.or_(attempts.c.exchanges.is_not(None), attempts.c.message.is_not(None))
    values = {"exchanges": None, "message": None}
    return connection.execute(attempts.update().where(*which, said).values(values)).rowcount


def silence_late(connection: sa.Connection, rows: Collection[int]) -> None:
    """Take out what was said in attempts that ended after their event had been emptied."""
    emptied = sa.select(events.c.id).where(events.c.id.in_(sorted(rows)), events.c.body.is_(None))
    silence(connection, attempts.c.event_row.in_(emptied))

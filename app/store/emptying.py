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
BY_HAND = "by hand"  # and what an operator wrote when they ignored an event
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
    """Empty events and their attempts; set ``also`` besides. A reason that may quote or name somebody becomes plain: of
    what failed, or was ignored by hand."""
    ids = sorted(rows)
    _cut_words(connection, ids)
    held = sa.select(sa.func.count()).where(events.c.id.in_(ids), events.c.body.is_not(None))
    payloads = connection.execute(held).scalar() or 0
    failed = events.c.status == EventStatus.FAILED.value
    nothing = {"body": None, "fetched": None, "contact": None, "notes": None}
    values = {**nothing, "reason": sa.case((failed, _FAILED), else_=events.c.reason), **(also or {})}
    connection.execute(events.update().where(events.c.id.in_(ids)).values(values))
    return Emptied(payloads, silence(connection, attempts.c.event_row.in_(ids)))


def _cut_words(connection: sa.Connection, ids: Collection[int]) -> None:
    """Leave of what an operator wrote that it was by hand. A reason may be sealed, so no statement can tell."""
    ignored = (events.c.id.in_(ids), events.c.status == EventStatus.IGNORED.value)
    found = connection.execute(sa.select(*events.c["id", "reason"]).where(*ignored))
    if by_hand := [row.id for row in found if row.reason and row.reason.startswith(f"{BY_HAND}: ")]:
        connection.execute(events.update().where(events.c.id.in_(by_hand)).values(reason=BY_HAND))


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

"""Ignoring events by hand: what waits or failed, and nobody wants delivered any more. A replay brings them back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.contact import Meaning
from app.store.database import Database
from app.store.emptying import BY_HAND
from app.store.log import Filter
from app.store.many_events import AT_ONCE, Batch, Selected, being_delivered, in_batches
from app.store.seal import Unreadable
from app.store.tables import events
from app.webhook import EventStatus

DISMISSIBLE = (EventStatus.RECEIVED, EventStatus.PENDING, EventStatus.FAILED)
_OPEN = [status.value for status in DISMISSIBLE]
_IGNORED_BY = "ignored by "
_ASKS = (Meaning.ERASE.value, Meaning.ERASE_SOURCE.value)


@dataclass(frozen=True)
class Dismissal:
    """Who ignores events, when, and why (words of theirs, or none)."""

    by: str
    at: datetime
    words: str = ""

    @property
    def reason(self) -> str:
        return f"{BY_HAND}: {self.words}" if self.words else BY_HAND

    def note(self, status: str, reason: str | None) -> str:
        """What is remembered of an event that had this status for this reason."""
        was = f"{status} ({reason})" if reason else status
        return f"{_IGNORED_BY}{self.by} at {self.at:%Y-%m-%d %H:%M:%S} UTC; it was {was}"


def dismissed(status: str, reason: Any) -> bool:
    """Whether an event was ignored by hand; also where no key opens the reason, for then nobody can say otherwise."""
    if status != EventStatus.IGNORED.value:
        return False
    return isinstance(reason, Unreadable) or str(reason).partition(":")[0] == BY_HAND


def dismissals_among(notes: Any) -> list[str]:
    """Return those notes that say who ignored an event; a replay, which makes the others anew, keeps them."""
    return [] if isinstance(notes, Unreadable) else [note for note in notes or () if note.startswith(_IGNORED_BY)]


class Dismissals:
    """Ignores what a `Filter` selects, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def batches(
        self, which: Filter, dismissal: Dismissal, at_once: int = AT_ONCE, between: tuple[int, int] | None = None
    ) -> Iterator[Batch]:
        """Ignore the selected events, see `in_batches`; unfit is what was delivered, or is ignored already.

        Spared is what asks for an erasure, unless it is named.
        """

        def change(connection: sa.Connection, found: list[Selected]) -> Batch:
            return _dismiss(connection, which, found, dismissal)

        return in_batches(self._database, which, at_once, change, between)


def _dismiss(connection: sa.Connection, which: Filter, found: list[Selected], dismissal: Dismissal) -> Batch:
    """Whoever claims, settles or maps an event at this moment keeps it, as with a replay."""
    fit = [row.id for row in found if row.status in _OPEN]
    columns = events.c["id", "source", "event_id", "status", "reason", "notes", "meaning"]
    open_still = (events.c.id.in_(fit), events.c.status.in_(_OPEN), *which.conditions())
    rows = connection.execute(sa.select(*columns).where(*open_still).with_for_update(skip_locked=True)).all()
    spared = [row.id for row in rows if not which.event_ids and row.meaning in _ASKS]
    meant = [row.id for row in rows if row.id not in spared]
    free = sa.select(events.c.id).where(events.c.id.in_(meant), sa.not_(being_delivered()))
    ours = set(connection.execute(free).scalars())
    changed = sorted((row for row in rows if row.id in ours), key=lambda row: row.id)
    _ignore(connection, changed, dismissal)
    return Batch(
        changed=[(row.source, row.event_id) for row in changed],
        busy=len(fit) - len(spared) - len(changed),
        unfit=len(found) - len(fit),
        seen=len(found),
        reached=found[-1].received_at,
        spared=len(spared),
        row=found[-1].id,
    )


def _ignore(connection: sa.Connection, rows: Sequence[sa.Row[Any]], dismissal: Dismissal) -> None:
    """Settle them; what failed keeps the time from which its payload is kept."""
    now = sa.bindparam("now", dismissal.at, type_=events.c.settled_at.type)
    values = {"status": EventStatus.IGNORED.value, "reason": dismissal.reason, "due_at": None}
    settled = {"settled_at": sa.func.coalesce(events.c.settled_at, now)}
    connection.execute(events.update().where(events.c.id.in_([row.id for row in rows])).values({**values, **settled}))
    noted = [
        {"row": row.id, "all_notes": [*(row.notes or []), dismissal.note(row.status, row.reason)]}
        for row in rows
        if not isinstance(row.notes, Unreadable)
    ]
    if noted:
        note = events.update().where(events.c.id == sa.bindparam("row")).values(notes=sa.bindparam("all_notes"))
        connection.execute(note, noted)

"""What becomes of events when a key is given up: what can be read goes on, the rest is let go of, and says why."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.contact import Meaning
from app.store.documents import contact_from
from app.store.emptying import Emptied, empty
from app.store.people import tie
from app.store.replays import again
from app.store.reseal import SEALED_COLUMNS
from app.store.seal import Unreadable
from app.store.tables import events
from app.store.unreadable import REASON
from app.webhook import EventStatus

GIVEN_UP = "sealed with a key that was given up"
_NOTE = f"its payload was {GIVEN_UP}"
_WAITING = (EventStatus.RECEIVED.value, EventStatus.PENDING.value)


def let_go(connection: sa.Connection, rows: Sequence[sa.Row[Any]], mark: str, now: datetime) -> dict[str, int]:
    """Take what the key with this mark sealed out of events. The caller has locked them and their persons, and ties.

    What waits, or failed because it could not be read, goes on if its payload or its contact can be read. Return how
    many payloads and attempts were emptied, and how many events ``failed`` for it.
    """
    emptied, failed = Emptied(), 0
    for row in rows:
        lost = [column.name for column in SEALED_COLUMNS[events] if _is_lost(row._mapping[column], mark)]  # noqa: SLF001 -- a Row's public mapping
        values: dict[str, Any] = {**dict.fromkeys(lost), **({"reason": GIVEN_UP} if "reason" in lost else {})}
        if row.status in _WAITING or row.reason == REASON:
            values |= _onward(connection, row, lost, now)
        failed += values.get("status") == EventStatus.FAILED.value and row.status in _WAITING
        emptied += _write(connection, row, lost, values)
    return {**asdict(emptied), "failed": failed}


def _is_lost(value: Any, mark: str) -> bool:
    return isinstance(value, Unreadable) and value.mark == mark


def _write(connection: sa.Connection, row: sa.Row[Any], lost: Collection[str], values: dict[str, Any]) -> Emptied:
    """An event that has ended keeps no more without its payload than it would after its time."""
    if "body" in lost and values.get("status", row.status) not in _WAITING:
        failed = values.get("status", row.status) == EventStatus.FAILED.value
        reason = GIVEN_UP if failed else values.get("reason", row.reason)
        return empty(connection, [row.id], {**values, "reason": reason, "notes": [_NOTE]})
    if values:
        connection.execute(events.update().where(events.c.id == row.id).values(values))
    return Emptied(payloads=int("body" in lost))


def _onward(connection: sa.Connection, row: sa.Row[Any], lost: Collection[str], now: datetime) -> dict[str, Any]:
    """How an event goes on that is not delivered: to be mapped again, else with the contact it has; or not at all."""
    payload = row.body is not None and not isinstance(row.body, Unreadable)
    if row.status == EventStatus.RECEIVED.value and "body" not in lost:
        return {}
    if payload:
        return again(now)
    waits = {"status": EventStatus.PENDING.value, "reason": None, "due_at": row.due_at or now, "settled_at": None}
    if row.contact and not isinstance(row.contact, Unreadable):
        [tied] = tie(connection, [(row.org, contact_from(row.contact))], now)
        added = {"notes": [*_readable(row.notes), tied.note]} if tied.note else {}
        return {**waits, **added, "person_id": tied.person_id}
    if row.meaning == Meaning.ERASE_SOURCE:  # it says all that it has to say by its type
        return waits
    failed = {"status": EventStatus.FAILED.value, "due_at": None}
    if isinstance(row.body, Unreadable) and "body" not in lost:  # another key is missing, too
        return {**failed, "reason": REASON, "settled_at": None}
    return {**failed, "reason": GIVEN_UP, "settled_at": row.settled_at or now}


def _readable(notes: Any) -> list[str]:
    return [] if isinstance(notes, Unreadable) else list(notes or ())

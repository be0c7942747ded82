"""Events that cannot be worked on, because what was kept of them was sealed with a key that is not configured.

They fail, but are not settled: retention would empty them, and an event that was acknowledged would be lost for good. A
replay brings them back once the key is there; they end when the key is given up, or an operator ignores them.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from app.errors import KeyMissingError
from app.store.columns import seal_of
from app.store.seal import NOT_CONFIGURED, Unreadable
from app.store.tables import events
from app.webhook import EventStatus

REASON = f"{NOT_CONFIGURED}; replay the event when it is"


def missing_keys(values: Iterable[Any]) -> frozenset[str]:
    """Return the marks of the keys that are missing to read all of the values; none if all are readable."""
    return frozenset(value.mark for value in values if isinstance(value, Unreadable))


def advice(marks: Collection[str]) -> str:
    """Say which keys are missing, and what to do."""
    one = min(marks) if len(marks) == 1 else ""
    which = f"key with the mark {one}" if one else f"keys with the marks {', '.join(sorted(marks))}"
    return (
        f"missing: the encryption {which}. Add it to server.encryption_key (it may be the last), or, if it is lost "
        f"for good, let go of what only it opens: contact-bridge reseal --give-up {one or 'MARK'}"
    )


def insist_on_reading(connection: sa.Connection, rows: Iterable[Sequence[Any]]) -> int:
    """Raise `KeyMissingError` if a key is missing to read the rows; return how many are damaged, so that none helps."""
    sealed = [missing_keys(row) for row in rows if unreadable(row)]
    missing = frozenset[str]().union(*sealed).difference(seal_of(connection.dialect).marks)
    if missing:
        raise KeyMissingError(advice(missing))
    return len(sealed)


def unreadable(row: Sequence[Any]) -> bool:
    """Whether a value of the row is."""
    return any(isinstance(value, Unreadable) for value in row)


def set_aside(
    connection: sa.Connection, rows: Sequence[sa.Row[Any]], people: Collection[int] = ()
) -> list[sa.Row[Any]]:
    """Return the events that can be read. The others fail, and so do those of ``people``; a replay brings them back."""
    lost = [row.id for row in rows if unreadable(row) or row.person_id in people]
    if not lost:
        return list(rows)
    values = {"status": EventStatus.FAILED.value, "reason": REASON, "due_at": None, "settled_at": None}
    connection.execute(events.update().where(events.c.id.in_(lost)).values(values))
    return [row for row in rows if row.id not in lost]

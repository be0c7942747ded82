"""Changing what an operator selects, however many events that are: in small transactions that hold nobody up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.store.database import Database
from app.store.log import Filter
from app.store.tables import events, persons
from app.webhook import EventStatus

AT_ONCE = 500

Selected = sa.Row[tuple[int, datetime, str, bool]]  # id, received_at, status, gone (without a payload)


@dataclass(frozen=True)
class Batch:
    """What one transaction did: which events were ``changed`` (source, event id), and how many were left alone.

    ``busy`` are being delivered at this moment, ``unfit`` are nothing that this can be done to, ``spared`` are left out
    unless they are meant expressly. ``seen`` counts them all, and ``reached`` is when the last of them was received;
    ``row`` is its row number.
    """

    changed: list[tuple[str, str]]
    busy: int
    unfit: int
    seen: int
    reached: datetime
    spared: int = 0
    row: int = 0


def being_delivered() -> sa.ColumnElement[bool]:
    """The condition that somebody works on an event of the same person, and this one may be it."""
    leased = sa.exists().where(persons.c.id == events.c.person_id, persons.c.lease_owner.is_not(None))
    return sa.and_(events.c.status == EventStatus.PENDING.value, leased)


def extent(database: Database, which: Filter) -> tuple[int, int]:
    """Return how many events are selected, and the highest of their row numbers."""
    counted = sa.select(sa.func.count(), sa.func.max(events.c.id)).where(*which.conditions())
    with database.reading() as connection:
        count, last = connection.execute(counted).one()
    return count, last or 0


def in_batches(
    database: Database,
    which: Filter,
    at_once: int,
    change: Callable[[sa.Connection, list[Selected]], Batch],
    between: tuple[int, int] | None = None,
) -> Iterator[Batch]:
    """Change the selected events, oldest first and some at a time; what comes or changes meanwhile is not taken twice.

    Between two batches it can be left, and gone on with: ``between`` are the row number after which it begins, and the
    last one. Each is on disk when it is returned.
    """
    row, last = between or (0, extent(database, which)[1])
    while True:
        with database.writing() as connection:
            found = selected(connection, which, row, last, at_once)
            if not found:
                return
            batch = change(connection, found)
        row = found[-1].id
        yield batch


def selected(connection: sa.Connection, which: Filter, after: int, last: int, most: int) -> list[Selected]:
    """Return the first events that are meant between two row numbers."""
    columns = (*events.c["id", "received_at", "status"], events.c.body.is_(None).label("gone"))
    bounds = (events.c.id > after, events.c.id <= last)
    return list(
        connection.execute(sa.select(*columns).where(*which.conditions(), *bounds).order_by(events.c.id).limit(most))
    )

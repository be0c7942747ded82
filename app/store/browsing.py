"""What the operator's desk reads of events, a page at a time and however many there are."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.store.borders import ends, first_rows
from app.store.database import Database
from app.store.found import found_first
from app.store.log import Filter, listed
from app.store.sought import sources_kept
from app.store.tables import attempts, events, status_is
from app.webhook import EventStatus

# How many events are gone through for one page, at most: by an index that has what is asked for, or one by one.
_FAR, _NEAR = 2_000_000, 200_000
_CLOCKS_DIFFER = timedelta(minutes=10)

Row = dict[str, Any]


class Browsing:
    """Reads; nothing is written."""

    def __init__(self, database: Database, far: int = _FAR, near: int = _NEAR) -> None:
        self._database, self._far, self._near = database, far, near

    def page(self, which: Filter, before: int | None = None, most: int = 50) -> tuple[list[Row], int | None]:
        """Return some of the newest events with lower row numbers than ``before``, as `EventLog.events` does, and
        where the next page begins: None if there is none.

        Where no index helps, a page is short or empty when nothing more was found among as many as are gone through.
        """
        with self._database.reading() as connection:
            lowest, high = _within(connection, which, before)
            low = lowest if which.few else max(lowest, high - 1 - (self._near if which.event_type else self._far))
            rows = _read(connection, which, low, high, most + 1)
        if len(rows) > most:
            return rows[:most], rows[most - 1]["id"]
        return rows, low + 1 if low > lowest else None

    def last_of(self, source: str) -> Row | None:
        """Return the newest event of a source; None if there is none, or none for as long as can be told."""
        return self.last_of_each([source]).get(source)

    def last_of_each(self, sources: Collection[str]) -> dict[str, Row]:
        """Return the newest event of each source that has one, however long ago as can be told."""
        with self._database.reading() as connection:
            known: set[str] = {row.source for row in connection.execute(sources_kept())}
            rows = _last_rows(connection, known.intersection(sources))
            found = connection.execute(listed().where(events.c.id.in_(rows)))
            return {row.source: dict(row._mapping) for row in found}  # noqa: SLF001 -- a Row's public mapping

    def counts_between(self, borders: Sequence[datetime]) -> list[dict[str, int]]:
        """Return, for each span between two borders, how many events came in it, by what became of them so far."""
        with self._database.reading() as connection:
            rows = first_rows(connection, borders)
            counted = {status: _counts(connection, status, rows) for status in EventStatus}
        spans = range(len(rows) - 1)
        return [{status.value: counts[n] for status, counts in counted.items() if counts[n]} for n in spans]

    def durations(self, since: datetime, most: int = 300) -> dict[str, list[int]]:
        """Return how long the last attempts took since a moment, in milliseconds, by org."""
        last = sa.select(events.c.org, attempts.c.duration_ms).join(events, events.c.id == attempts.c.event_row)
        last = last.where(attempts.c.started_at >= since, attempts.c.exchanges.is_not(None))
        newest = sa.select(sa.func.max(attempts.c.id)).scalar_subquery()
        found: dict[str, list[int]] = {}
        with self._database.reading() as connection:
            rows = connection.execute(last.where(attempts.c.id > newest - most).order_by(attempts.c.id))
            for org, duration in rows:
                found.setdefault(org, []).append(duration)
        return found


def _within(connection: sa.Connection, which: Filter, before: int | None) -> tuple[int, int]:
    """Return the row numbers between which all is that is meant; neither is among them."""
    low, high = ends(connection)
    low, high = low - 1, high + 1 if before is None else min(before, high + 1)
    if which.since:
        low = max(low, first_rows(connection, [_moved(which.since, -_CLOCKS_DIFFER)])[0] - 1)
    if which.until:
        high = min(high, first_rows(connection, [_moved(which.until, _CLOCKS_DIFFER)])[0])
    return low, high


def _moved(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        return moment


def _read(connection: sa.Connection, which: Filter, low: int, high: int, most: int) -> list[Row]:
    between = (events.c.id > low, events.c.id < high)
    if which.few:  # ordered by what no index has: or all events would be walked for the few, newest first
        found, order = [*found_first(connection, which), *between], events.c.id + 0
    elif which.event_type or not (which.status or which.source):
        found, order = [*which.conditions(), *between], events.c.id
    else:
        found, order = [events.c.id.in_(_from_index(which, between, most))], events.c.id
    statement = listed().where(*found).order_by(order.desc()).limit(most)
    return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 -- a Row's public mapping


def _from_index(which: Filter, between: Sequence[sa.ColumnElement[bool]], most: int) -> sa.CompoundSelect[tuple[int]]:
    """The newest rows of each status: the index of statuses knows the source, too."""
    statuses = [which.status] if which.status else list(EventStatus)
    newest = [
        sa.select(events.c.id)
        .where(*replace(which, status=status).conditions(), *between)
        .order_by(events.c.id.desc())
        .limit(most)
        .subquery()
        for status in statuses
    ]
    return sa.union_all(*(sa.select(each.c.id) for each in newest))


def _last_rows(connection: sa.Connection, sources: set[str]) -> list[int]:
    """Return the row of the newest event of each source, looked for further and further back."""
    lowest, high = ends(connection)
    found: dict[str, int] = {}
    reach = _NEAR
    while sources - found.keys() and high >= lowest:
        low, missing = max(lowest, high - reach), sources - found.keys()
        for status in EventStatus:
            last = sa.select(events.c.source, sa.func.max(events.c.id)).where(
                status_is(status), events.c.id.between(low, high), events.c.source.in_(missing)
            )
            for source, row in connection.execute(last.group_by(events.c.source)).all():
                found[source] = max(row, found.get(source, 0))
        high, reach = low - 1, reach * 4
    return list(found.values())


def _counts(connection: sa.Connection, status: EventStatus, rows: Sequence[int]) -> list[int]:
    """Count the events of a status between row numbers, from the index alone."""
    spans = [
        sa.select(sa.func.count())
        .select_from(events)
        .where(status_is(status), events.c.id >= first, events.c.id < end)
        .scalar_subquery()
        for first, end in pairwise(rows)
    ]
    return list(connection.execute(sa.select(*spans)).one()) if spans else []

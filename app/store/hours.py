"""When each source speaks, hour by hour: what is usual for it, and since when it has been unusually quiet."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.inbox import insert_into
from app.store.tables import source_hours

HABIT = timedelta(days=28)  # how far back a habit reaches, from the last hour in which anything came
_FEWEST_HOURS = 10  # in which something came: fewer are no habit
_SHORTEST_SILENCE, _UNUSUAL = timedelta(hours=3), 1.5  # times the longest silence so far


def note(connection: sa.Connection, received: Iterable[tuple[str, datetime]]) -> None:
    """Count events in the hour that each was received in, given as (source, when)."""
    rows: dict[tuple[str, datetime], dict[str, Any]] = {}
    for source, at in received:
        hour = at.replace(minute=0, second=0, microsecond=0)
        row = rows.setdefault((source, hour), {"source": source, "hour": hour, "received": 0, "last_at": at})
        row |= {"received": row["received"] + 1, "last_at": max(row["last_at"], at)}
    if rows:
        insert = insert_into(connection.dialect, source_hours)
        sums = {
            "received": source_hours.c.received + insert.excluded.received,
            "last_at": sa.case(
                (insert.excluded.last_at > source_hours.c.last_at, insert.excluded.last_at),
                else_=source_hours.c.last_at,
            ),
        }
        added = insert.on_conflict_do_update(index_elements=["source", "hour"], set_=sums)
        connection.execute(added, [rows[key] for key in sorted(rows)])


class Hours:
    """What is known of the hours in which sources spoke."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def quiet(self, source: str, now: datetime) -> datetime | None:
        """Return since when a source has been silent, if that is longer than its habit; None if it is not.

        Longer is more than half as much again as its longest silence in 28 days, and at least three hours.
        """
        heard = self._heard(source)
        if len(heard) < _FEWEST_HOURS:
            return None
        longest = max(after.hour - before.last_at for before, after in pairwise(heard))
        last = heard[-1].last_at
        return last if now - last > max(_SHORTEST_SILENCE, longest * _UNUSUAL) else None

    def last(self, source: str) -> datetime | None:
        """Return when the last event of a source came that was mapped."""
        newest = sa.select(sa.func.max(source_hours.c.last_at)).where(source_hours.c.source == source)
        with self._database.reading() as connection:
            return connection.execute(newest).scalar()

    def forget(self) -> int:
        """Let go of hours that are no part of a habit any more; return how many. A source's last ones stay: by them it
        is known for how long it has been silent.
        """
        others = source_hours.alias()
        newest = sa.select(sa.func.max(others.c.hour)).where(others.c.source == source_hours.c.source).scalar_subquery()
        age = sa.type_coerce(newest, sa.BigInteger) - sa.type_coerce(source_hours.c.hour, sa.BigInteger)
        old = source_hours.delete().where(age > HABIT // timedelta(microseconds=1))
        with self._database.writing() as connection:
            return connection.execute(old).rowcount

    def _heard(self, source: str) -> Sequence[sa.Row[Any]]:
        """The hours of a habit, the oldest first."""
        mine = sa.select(*source_hours.c["hour", "last_at"]).where(source_hours.c.source == source)
        with self._database.reading() as connection:
            rows = connection.execute(mine.order_by(source_hours.c.hour)).all()
        return [row for row in rows if rows[-1].hour - row.hour <= HABIT]

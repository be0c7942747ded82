"""The shared rate limit: tokens granted in the last window, for every process on this address."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.store.database import Database, Lock, one_at_a_time
from app.store.tables import rate_grants

WINDOW = timedelta(seconds=60)
GRACE = timedelta(seconds=0.5)  # a request arrives at most this long after its token was granted; it costs 0.8 %
AHEAD = 10 * WINDOW  # whatever was granted later than that was granted by another clock
_COUNTS = rate_grants.c.granted_at > sa.bindparam("since")
_COUNTING = sa.select(
    sa.func.sum(rate_grants.c.tokens).filter(_COUNTS),
    sa.func.min(rate_grants.c.granted_at).filter(_COUNTS),
    sa.func.min(rate_grants.c.granted_at),
    sa.func.max(rate_grants.c.granted_at),
)


class RateLimit:
    """A sliding log of grants. In no 60 seconds are more than ``limit`` requests sent, whoever sends them.

    A request may arrive up to `GRACE` after its grant, so a grant counts for `WINDOW` + `GRACE`.
    """

    def __init__(self, database: Database, limit: int) -> None:
        self._database, self.limit = database, limit

    def take(self, wanted: int, now: datetime, kept: int = 0) -> tuple[int, datetime]:
        """Return how many tokens were granted (0 to ``wanted``), and when more can be had; ``kept`` are for others."""
        with self._database.writing() as connection:
            one_at_a_time(connection, Lock.RATE)
            used, oldest, first, last = _counted(connection, now)
            if last and last > now + AHEAD:  # the clock was set back
                ahead = rate_grants.update().where(rate_grants.c.granted_at > now + AHEAD)
                connection.execute(ahead.values(granted_at=now))
                used, oldest, first, last = _counted(connection, now)
            # Kept for another window: the next process to ask may have read its clock earlier.
            if first and first <= _since(now) - WINDOW:
                connection.execute(rate_grants.delete().where(rate_grants.c.granted_at <= _since(now) - WINDOW))
            granted = max(0, min(wanted, self.limit - kept - used))
            if granted:
                connection.execute(rate_grants.insert().values(granted_at=now, tokens=granted))
        return granted, now if granted == wanted else (oldest or now) + WINDOW + GRACE

    def full_until(self, now: datetime) -> datetime | None:
        """Return when more can be had, if all is used up; None if some can be had now. Nothing is taken."""
        with self._database.reading() as connection:
            used, oldest, _, _ = _counted(connection, now)
        return (oldest or now) + WINDOW + GRACE if used >= self.limit else None

    def give_back(self, tokens: int, granted_at: datetime) -> None:
        """Take back a grant that came too late to be used."""
        these = (rate_grants.c.granted_at == granted_at, rate_grants.c.tokens == tokens)
        one = sa.select(sa.func.min(rate_grants.c.id)).where(*these).scalar_subquery()
        with self._database.writing() as connection:
            connection.execute(rate_grants.delete().where(rate_grants.c.id == one))


def _since(now: datetime) -> datetime:
    return now - WINDOW - GRACE


def _counted(connection: sa.Connection, now: datetime) -> tuple[int, datetime | None, datetime | None, datetime | None]:
    """Return how many tokens count now, when the oldest of them was granted, and the first and the last of all."""
    used, oldest, first, last = connection.execute(_COUNTING, {"since": _since(now)}).one()
    return used or 0, oldest, first, last

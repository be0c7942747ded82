"""Which organizations' deliveries are held, why, and when the next probe may go out.

A row means trouble; no row means that all is well. `EVERYBODY` is the row of the shared rate limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.store.database import Database, Lock, one_at_a_time
from app.store.tables import org_states

EVERYBODY = "*"
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
_PROBE = timedelta(minutes=1)  # what a probe may take, before another process tries


class Hold(StrEnum):
    """Why an org's deliveries are held."""

    DOWN = "down"
    KEY_REFUSED = "key refused"
    LIMITED = "limited"


@dataclass(frozen=True)
class OrgState:
    """Trouble with one org: ``probe_at`` is when one request may try again."""

    org: str
    hold: Hold
    reason: str
    since: datetime
    failures: int
    probe_at: datetime


class Orgs:
    """The state of each org that is in trouble, shared by all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self) -> Mapping[str, OrgState]:
        """Return the orgs in trouble by name (and `EVERYBODY`)."""
        with self._database.asking() as connection:
            rows = connection.execute(sa.select(org_states)).all()
        return {
            row.org: OrgState(row.org, Hold(row.state), row.reason, row.since, row.failures, row.probe_at)
            for row in rows
        }

    def hold(self, org: str, hold: Hold, reason: str, now: datetime, *, until: datetime | None = None) -> OrgState:
        """Hold an org's deliveries. The pause before the next probe doubles each time, up to five minutes.

        Several requests that were under way together fail together: until the pause is over they count as one.
        """
        with self._database.writing() as connection:
            one_at_a_time(connection, Lock.HOLDS)
            row = connection.execute(sa.select(org_states).where(org_states.c.org == org)).first()
            state = _next(row, OrgState(org, hold, reason, now, 1, until or now + _FIRST_PAUSE), now, until)
            values = {
                "state": hold.value, "reason": reason, "since": state.since, "failures": state.failures,
                "probe_at": state.probe_at, "probing": False,
            }  # fmt: skip
            if row:
                connection.execute(org_states.update().where(org_states.c.org == org).values(values))
            else:
                connection.execute(org_states.insert().values(org=org, **values))
        return state

    def probe(self, state: OrgState, now: datetime) -> bool:
        """Take the right to send one probe; False if another process has it."""
        mine = (org_states.c.org == state.org, org_states.c.probe_at == state.probe_at)
        taken = org_states.update().where(*mine).values(probe_at=now + _PROBE, probing=True)
        with self._database.writing() as connection:
            return connection.execute(taken).rowcount == 1

    def return_probe(self, org: str, now: datetime) -> None:
        """Give back the right to send a probe, since none was sent: another event may try at once."""
        mine = (org_states.c.org == org, org_states.c.probing, org_states.c.probe_at > now)
        with self._database.writing() as connection:
            connection.execute(org_states.update().where(*mine).values(probe_at=now, probing=False))

    def release(self, org: str) -> bool:
        """Let an org's deliveries go on; True if they were held."""
        with self._database.writing() as connection:
            return connection.execute(org_states.delete().where(org_states.c.org == org)).rowcount > 0


def _next(row: sa.Row[Any] | None, state: OrgState, now: datetime, until: datetime | None) -> OrgState:
    """Return what becomes of the hold in ``row``, if any, when ``state`` is to begin."""
    if row is None:
        return state
    since = row.since if row.state == state.hold else now
    if now < row.probe_at and not row.probing:
        return replace(state, since=since, failures=row.failures, probe_at=max(row.probe_at, until or now))
    pause = min(_FIRST_PAUSE * 2 ** min(row.failures, 10), _LONGEST_PAUSE)
    return replace(state, since=since, failures=row.failures + 1, probe_at=until or now + pause)

"""What an erasure would take away, told before it is done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.store.database import Database
from app.store.doomed import Whom, events_of, find
from app.store.gaps import insist_on_every_key
from app.store.sweep import Progress, Sweep
from app.store.tables import identities
from app.store.unreadable import unreadable
from app.traces import Traces

_MOST = 3


@dataclass(frozen=True)
class Foreseen:
    """How many persons would go, with how many ``events`` of their own, and how many of others ``mention`` them.

    ``contact_ids`` are their contacts upstream, which stay.
    """

    persons: int
    contact_ids: tuple[str, ...]
    events: int
    mentions: int


def foresee(database: Database, whom: Whom, now: datetime, progress: Progress = lambda _: None) -> Foreseen:
    """Count what `Erasure.erase` would find. Raises `KeyMissingError`."""
    with database.reading() as connection:
        insist_on_every_key(connection)
        found = find(connection, whom)
        own = len(events_of(connection, found))
    sweep = Sweep(Traces(whom.identities | found.identities), found.people, whom.where(), now)
    return Foreseen(len(found.people), found.contact_ids, own, sweep.count(database, progress))


def is_known(database: Database, whom: Whom) -> bool:
    """True if there is anybody whom this means."""
    with database.reading() as connection:
        return bool(find(connection, whom).people)


def user_ids_that_end_in(database: Database, end: str, orgs: Collection[str]) -> list[str]:
    """Return some known user ids, such as ``shopify:706405506``, of which this is the last part."""
    ids = sa.select(*identities.c["value", "sealed"]).where(identities.c.kind == "user_id", identities.c.org.in_(orgs))
    found: list[str] = []
    with database.reading() as connection:
        for row in connection.execution_options(yield_per=1_000).execute(ids):
            value = row.sealed or row.value
            if not unreadable(row) and value.endswith(f":{end}") and value not in found:
                found.append(value)
                if len(found) == _MOST:
                    break
    return found

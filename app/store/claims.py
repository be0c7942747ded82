"""Who works on which event: claims with leases.

The lease lies on the *person*, so that two events of one person are never delivered at the same
time, in whatever process. It belongs to a process that lives (`app.store.life`). When that dies nobody
knows how far it got: somebody adopts the person, lets it rest until no request can be under way any more, and
frees it ``uncertain``, so that the next claim begins with a look-up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.contact import Meaning
from app.store.database import Database, in_order_of_index
from app.store.documents import contact_from, person_from
from app.store.group_commit import GroupCommit
from app.store.life import Life, holder_of, lease_of
from app.store.pauses import none_of
from app.store.phone_alone import begin
from app.store.settlements import write
from app.store.tables import events, identities, persons
from app.store.unreadable import set_aside, unreadable
from app.store.work import Claim, Settlement


class Claims:
    """Hands out due events and takes back how they ended. ``life`` is this process's."""

    def __init__(self, database: Database, life: Life) -> None:
        self._database, self._life = database, life
        self._settle: GroupCommit[Settlement, bool] = GroupCommit(database.writing, write)

    def next_due(self, orgs: Collection[str], without: Collection[str] = ()) -> datetime | None:
        """Return when the next pending event of one of ``orgs`` is due; it may be due already and its person busy."""
        due = sa.select(events.c.due_at).where(events.c.due_at.is_not(None), events.c.org.in_(orgs))
        due = due.where(*none_of(without))
        with self._database.reading() as connection:
            in_order_of_index(connection)
            return connection.execute(due.order_by(events.c.due_at).limit(1)).scalar()

    def claim(self, now: datetime, most: int, orgs: Collection[str], without: Collection[str] = ()) -> list[Claim]:
        """Take up to ``most`` due events of ``orgs``, one per person that nobody else works on.

        ``without`` names sources that are left out.
        """
        owner = lease_of(self._life.hold())
        statement = _due(paused=bool(without))
        wanted = {"now": now, "orgs": list(orgs), "without": list(without)}
        if self._database.is_sqlite:  # whoever writes has the only turn: not for nothing
            with self._database.reading() as connection:
                if connection.execute(statement, wanted | {"most": 1}).first() is None:
                    return []
        with self._database.writing() as connection:
            in_order_of_index(connection)
            locked = statement.with_for_update(skip_locked=True, key_share=True, of=[events, persons])
            rows = _one_per_person(connection.execute(locked, wanted | {"most": most * 2}), most)
            if not rows:
                return []
            known = known_of(connection, [row.person_id for row in rows])
            rows = set_aside(connection, rows, {identity.person_id for identity in known if unreadable(identity)})
            if not rows:
                return []
            connection.execute(_LEASE, {"people": [row.person_id for row in rows], "owner": owner})
            by_person = defaultdict[int, list[sa.Row[Any]]](list)
            for identity in known:
                by_person[identity.person_id].append(identity)
            return begin(connection, [claim_from(row, by_person[row.person_id], owner) for row in rows], now)

    def settle(self, settlement: Settlement) -> bool:
        """Record how a claim ended. False if the lease had been lost: then only the attempt is recorded."""
        return self._settle(settlement)

    def adopt(self) -> dict[int, str]:
        """Take over the persons whom dead processes had leased; return their leases, to be freed after a rest."""
        leased = sa.select(persons.c.lease_owner).where(persons.c.lease_owner.is_not(None)).distinct()
        with self._database.reading() as connection:
            leases = connection.execute(leased).scalars().all()
        mine = lease_of(self._life.hold())
        living = {holder for holder in set(map(holder_of, leases)) if self._life.alive(holder)}
        dead = [lease for lease in leases if holder_of(lease) not in living]
        if not dead:
            return {}
        orphans = persons.update().where(persons.c.lease_owner.in_(dead))
        with self._database.writing() as connection:
            taken = orphans.values(lease_owner=mine, uncertain=True).returning(persons.c.id)
            return dict.fromkeys(connection.execute(taken).scalars(), mine)

    def free(self, leases: Mapping[int, str]) -> None:
        """Give up leases of this process, by person, without a word on how it ended: whoever is next looks first."""
        me = self._life.hold()
        rows = [{"row": person, "lease": lease} for person, lease in leases.items() if holder_of(lease) == me]
        if rows:
            with self._database.writing() as connection:
                connection.execute(_FREE, rows)


EVENT_COLUMNS = (
    "id", "source", "event_id", "occurred_at", "received_at", "org", "contact", "meaning", "attempts",
    "first_attempt_at", "person_id", "replayed_at",
)  # fmt: skip
PERSON_COLUMNS = (
    "contact_id", "name", "name_at", "consent", "consent_at", "unsubscribed", "segment_ids", "uncertain",
)  # fmt: skip


_LEASE = (
    persons.update()
    .where(persons.c.id.in_(sa.bindparam("people", expanding=True)))
    .values(lease_owner=sa.bindparam("owner"))
)
_FREE = (
    persons.update()
    .where(persons.c.id == sa.bindparam("row"), persons.c.lease_owner == sa.bindparam("lease"))
    .values(lease_owner=None, uncertain=True)
)
_IDENTITIES = sa.select(identities).where(identities.c.person_id.in_(sa.bindparam("people", expanding=True)))


@cache  # making a statement costs more than running it
def _due(*, paused: bool) -> sa.Select[Any]:
    """What is due ``now`` in ``orgs``, ``most`` at a time; if something is paused, not of the sources ``without``."""
    joined = sa.select(*events.c[*EVENT_COLUMNS], *persons.c[*PERSON_COLUMNS]).join(
        persons, persons.c.id == events.c.person_id
    )
    due = joined.where(
        events.c.due_at <= sa.bindparam("now"),
        persons.c.lease_owner.is_(None),
        events.c.org.in_(sa.bindparam("orgs", expanding=True)),
    )
    if paused:
        due = due.where(events.c.source.not_in(sa.bindparam("without", expanding=True)))
    return due.order_by(events.c.due_at, events.c.id).limit(sa.bindparam("most"))


def _one_per_person(rows: Iterable[sa.Row[Any]], most: int) -> list[sa.Row[Any]]:
    first: dict[int, sa.Row[Any]] = {}
    for row in rows:
        first.setdefault(row.person_id, row)
    return list(first.values())[:most]


def known_of(connection: sa.Connection, people: Sequence[int]) -> Sequence[sa.Row[Any]]:
    return connection.execute(_IDENTITIES, {"people": list(people)}).all()


def claim_from(row: sa.Row[Any], known: Sequence[sa.Row[Any]], owner: str) -> Claim:
    return Claim(
        row=row.id, source=row.source, event_id=row.event_id, occurred_at=row.occurred_at,
        received_at=row.received_at, org=row.org, contact=contact_from(row.contact),
        meaning=Meaning(row.meaning), attempts=row.attempts, first_attempt_at=row.first_attempt_at,
        person=person_from(row, row.person_id, known), owner=owner, replayed_at=row.replayed_at,
    )  # fmt: skip

"""Events of people whom nobody met yet, many at a time: looked through, leased and settled in short transactions.

What a claim of one event does in one transaction is done here in steps. Reading holds up no writer, so that
is done first, and whoever changed meanwhile is left out when the people are leased.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from app.contact import Meaning
from app.store.claims import EVENT_COLUMNS, PERSON_COLUMNS, claim_from, known_of
from app.store.database import Database, in_order_of_index
from app.store.life import Life, lease_of
from app.store.pauses import none_of
from app.store.settlements import write
from app.store.tables import events, persons, status_is
from app.store.unreadable import unreadable
from app.store.work import Claim, Settlement
from app.webhook import EventStatus

AT_ONCE = 250  # people a transaction: what an ack may have to wait for
_MAKES_CONTACTS = (Meaning.SIGNED_UP.value, Meaning.UPDATED.value)

Place = tuple[datetime, int]  # in the queue: when an event was due, and its row
Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """Some events, the place after which the next ones are, and whether there were none at this moment."""

    claims: list[Claim]
    end: Place | None
    last: bool


class Newcomers:
    """Hands out first events of unknown people, and takes back how they ended. ``life`` is this process's."""

    def __init__(self, database: Database, life: Life) -> None:
        self._database, self._life = database, life

    def waiting(self, org: str, now: datetime, most: int, without: Collection[str] = ()) -> int:
        """Return how many events are due in an org, or not mapped yet, whoever their people are, up to ``most``.

        ``without`` names sources that are left out. (Those that are meant are not named: who names a source is
        given its index, with all that ever came.)
        """
        theirs = sa.select(events.c.id).where(*none_of(without))
        due = theirs.where(events.c.due_at <= now, events.c.org == org).order_by(events.c.due_at, events.c.id)
        received = theirs.where(status_is(EventStatus.RECEIVED)).order_by(events.c.id)
        counted = 0
        with self._database.reading() as connection:
            in_order_of_index(connection)
            for some in (due, received):
                counted += len(connection.execute(some.limit(most - counted)).all())
        return counted

    def page(
        self, org: str, now: datetime, most: int, after: Place | None = None, without: Collection[str] = ()
    ) -> Page:
        """Return due events that were never tried, each the first that waits for a person who is new; not ours yet.

        Only their people's leases, by `lease`, make them ours.
        """
        due = _first_of_new_people(org, now).where(*none_of(without)).limit(most)
        if after:
            due = due.where(sa.tuple_(events.c.due_at, events.c.id) > sa.tuple_(*_place(*after)))
        with self._database.reading() as connection:
            in_order_of_index(connection)
            rows = connection.execute(due).all()
            known = defaultdict(list)
            for identity in known_of(connection, [row.person_id for row in rows]):
                known[identity.person_id].append(identity)
        lost = {row.id for row in rows if unreadable(row) or any(map(unreadable, known[row.person_id]))}
        claims = [claim_from(row, known[row.person_id], "") for row in rows if row.id not in lost]
        return Page(claims, (rows[-1].due_at, rows[-1].id) if rows else after, len(rows) < most)

    def lease(self, claims: Sequence[Claim]) -> list[Claim]:
        """Take people's leases; return the claims that are ours now: nobody has been there since they were read."""
        owner = lease_of(self._life.hold())
        ours: set[int] = set()
        for some in _portions(claims):
            with self._database.writing() as connection:
                rows = connection.execute(_unchanged([claim.row for claim in some])).all()
                lease = persons.update().where(persons.c.id.in_([row.person_id for row in rows]))
                connection.execute(lease.values(lease_owner=owner))
            ours.update(row.id for row in rows)
        return [replace(claim, owner=owner) for claim in claims if claim.row in ours]

    def give_back(self, claims: Sequence[Claim]) -> None:
        """Free people for whom nothing was sent: whoever is next may go on as if nobody had been there."""
        for some in _portions(claims):
            mine = (persons.c.id.in_([c.person.id for c in some]), persons.c.lease_owner == some[0].owner)
            with self._database.writing() as connection:
                connection.execute(persons.update().where(*mine).values(lease_owner=None))

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Record how claims ended, in one transaction; see `Claims.settle`. They are best no more than `AT_ONCE`."""
        with self._database.writing() as connection:
            return write(connection, settlements)


def _first_of_new_people(org: str, now: datetime) -> sa.Select[Any]:
    earlier = events.alias("earlier")
    # In these words, in which PostgreSQL does not see that the index of what is due would do: the person's is meant.
    is_due = earlier.c.due_at.is_(None).is_(False)
    has_earlier = sa.exists().where(earlier.c.person_id == events.c.person_id, is_due, earlier.c.id < events.c.id)
    joined = sa.select(*events.c[*EVENT_COLUMNS, "due_at"], *persons.c[*PERSON_COLUMNS]).join(
        persons, persons.c.id == events.c.person_id
    )
    new = (persons.c.lease_owner.is_(None), persons.c.contact_id.is_(None), sa.not_(persons.c.uncertain))
    fresh = (events.c.attempts == 0, events.c.meaning.in_(_MAKES_CONTACTS), sa.not_(has_earlier))
    due = joined.where(events.c.due_at <= now, events.c.org == org, *new, *fresh)
    return due.order_by(events.c.due_at, events.c.id)


def _unchanged(rows: Sequence[int]) -> sa.Select[Any]:
    """The events that still wait for the same people, who are still new; in an order that cannot deadlock."""
    joined = sa.select(events.c.id, events.c.person_id).join(persons, persons.c.id == events.c.person_id)
    new = (persons.c.lease_owner.is_(None), persons.c.contact_id.is_(None), sa.not_(persons.c.uncertain))
    still = joined.where(events.c.id.in_(rows), events.c.due_at.is_not(None), *new).order_by(persons.c.id)
    return still.with_for_update(skip_locked=True, key_share=True, of=[events, persons])


def _place(due_at: datetime, row: int) -> tuple[sa.BindParameter[datetime], sa.BindParameter[int]]:
    return sa.bindparam(None, due_at, events.c.due_at.type), sa.bindparam(None, row, events.c.id.type)


def _portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]

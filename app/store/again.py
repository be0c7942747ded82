"""Erasing again whom another database forgot: the one that this one was copied from, before they were erased.

That database's hashes are enough: everybody here is hashed with its salts, and who is among them is erased by name.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.errors import StoreUnavailableError
from app.store.database import Database
from app.store.doomed import Whom
from app.store.gaps import insist_on_every_key
from app.store.tables import events, identities, persons, tombstones
from app.store.tombstones import Forgotten, Key, forgotten, remember
from app.store.unreadable import insist_on_reading, unreadable

_AT_ONCE = 1_000
_TOGETHER = 50  # persons for whom everything that is kept is looked through once


@dataclass(frozen=True)
class Erased:
    """A person of this database who was erased elsewhere, ``at`` a time, with every identity here."""

    person: int
    org: str
    at: datetime
    keys: frozenset[Key]


class Again:
    """What was erased elsewhere, as regards this database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(self) -> Forgotten:
        """Return who was erased in this database, for another one; it may be of an older version.

        Raises `StoreUnavailableError` if it cannot be read, or is older than erasures are.
        """
        with self._database.reading() as connection:
            if not sa.inspect(connection).has_table(tombstones.name):
                raise StoreUnavailableError("it is of a version that remembered no erasures")
            return forgotten(connection)

    def find(self, others: Forgotten) -> list[Erased]:
        """Return the persons who were erased elsewhere and of whom something older is known here, be it that an older
        event made them anew; others came back, as somebody new. Raises `KeyMissingError`.
        """
        found: dict[int, datetime] = {}
        with self._database.reading() as connection:
            insist_on_every_key(connection)
            for row in _everybody(connection):
                if at := others.when(_key(row)):
                    found[row.person_id] = max(at, found.get(row.person_id, at))
            older = [(person, at) for person, at in sorted(found.items()) if _is_older(connection, person, at)]
            return [_erased(connection, person, at) for person, at in older]

    def since(self, person: Erased) -> list[tuple[str, str]]:
        """Return the events (source, event id) that tell of a person after they were erased: they may be back."""
        told = sa.select(*events.c["source", "event_id"]).where(events.c.person_id == person.person, _after(person.at))
        with self._database.reading() as connection:
            return [(row.source, row.event_id) for row in connection.execute(told.order_by(events.c.id))]

    def remember(self, others: Forgotten) -> None:
        """Let nothing that is older bring anybody back who was erased elsewhere."""
        with self._database.writing() as connection:
            remember(connection, others)


def whoms(people: Sequence[Erased], sources: Mapping[str, tuple[str, ...]], by: str = "") -> Iterator[Whom]:
    """Yield whom to erase, some persons of an org at a time; ``sources`` are those of each org. It is done ``by`` this
    operator.
    """
    by_org = defaultdict[str, list[Erased]](list)
    for person in people:
        by_org[person.org].append(person)
    for org, theirs in by_org.items():
        for start in range(0, len(theirs), _TOGETHER):
            again = {key: person.at for person in theirs[start : start + _TOGETHER] for key in person.keys}
            named = frozenset((kind, value) for _, kind, value in again)
            yield Whom(named, (org,), sources.get(org, ()), again=again, by=by)


def _everybody(connection: sa.Connection) -> Iterator[sa.Row[Any]]:
    """Yield every identity that is not damaged."""
    order = identities.c["value", "kind", "org"]
    some, last = sa.select(identities).order_by(*order).limit(_AT_ONCE), ("", "", "")
    while rows := connection.execute(some.where(sa.tuple_(*order) > last)).all():
        insist_on_reading(connection, rows)
        yield from (row for row in rows if not unreadable(row))
        last = (rows[-1].value, rows[-1].kind, rows[-1].org)


def _key(row: sa.Row[Any]) -> Key:
    return row.org, row.kind, row.sealed or row.value


def _is_older(connection: sa.Connection, person: int, at: datetime) -> bool:
    """Whether a person was known before ``at``, or has an event that is not from after it."""
    known = sa.exists().where(persons.c.id == person, persons.c.created_at <= at)
    told = sa.exists().where(events.c.person_id == person, sa.not_(_after(at)))
    return connection.execute(sa.select(sa.or_(known, told))).scalar_one()


def _after(at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(events.c.occurred_at > at, events.c.received_at > at)


def _erased(connection: sa.Connection, person: int, at: datetime) -> Erased:
    rows = connection.execute(sa.select(identities).where(identities.c.person_id == person)).all()
    return Erased(person, rows[0].org, at, frozenset(_key(row) for row in rows if not unreadable(row)))

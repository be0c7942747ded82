"""Who is who: every e-mail address, phone number and user id of an org belongs to one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.contact import Contact
from app.store.columns import cleaned, seal_of
from app.store.database import Database, Lock, one_at_a_time
from app.store.documents import person_from
from app.store.gaps import strangers_are_uncertain
from app.store.seal import Seal
from app.store.tables import identities, persons
from app.store.work import Person

KINDS = ("user_id", "email", "phone")  # strongest first


@dataclass(frozen=True)
class Tie:
    """The person that a contact's identities were tied to; ``note`` says so when they named several."""

    person_id: int
    note: str | None = None


def identities_of(contact: Contact) -> dict[str, str]:
    """Return the identities in a contact by kind, strongest first. E-mail addresses are compared without case."""
    found = {
        "user_id": contact.user_id,
        "email": contact.email and contact.email.lower(),
        "phone": contact.phone,
    }
    return {kind: value for kind in KINDS if (value := found[kind])}


class _Person:
    """A person that an identity belongs to; a new one gets its id when all new ones are inserted together."""

    __slots__ = ("id", "org")

    def __init__(self, org: str, person_id: int | None = None) -> None:
        self.org, self.id = org, person_id


_Key = tuple[str, str, str]  # org, kind, value


def tie(connection: sa.Connection, contacts: Sequence[tuple[str, Contact]], now: datetime) -> list[Tie]:
    """Find or make the person of each ``(org, contact)``, within the caller's transaction."""
    if not contacts:
        return []
    one_at_a_time(connection, Lock.TIES)  # any number of processes may map, one at a time ties
    named = [(org, identities_of(contact)) for org, contact in contacts]
    known = _known(connection, {(org, kind, value) for org, mine in named for kind, value in mine.items()})
    new_persons: list[_Person] = []
    new_identities: dict[_Key, _Person] = {}
    chosen: list[tuple[_Person, dict[str, _Person]]] = []
    for org, mine in named:
        by_kind = {kind: known[org, kind, value] for kind, value in mine.items() if (org, kind, value) in known}
        person = next(iter(by_kind.values()), None)
        if person is None:
            person = _Person(org)
            new_persons.append(person)
        added = {(org, kind, value): person for kind, value in mine.items() if kind not in by_kind}
        known |= added
        new_identities |= added
        chosen.append((person, by_kind))
    _insert(connection, new_persons, new_identities, now)
    return [_told(person, by_kind) for person, by_kind in chosen]


def _known(connection: sa.Connection, wanted: set[_Key]) -> dict[_Key, _Person]:
    """Return whom the identities belong to that are known, by whatever name they were kept.

    They are looked for by value alone: hundreds of values are one walk of the index, hundreds of triples are as many.
    """
    seal = seal_of(connection.dialect)
    named = {
        (org, kind, name): (org, kind, value) for org, kind, value in wanted for name in seal.names(cleaned(value))
    }
    found = sa.select(*identities.c["org", "kind", "value", "person_id"])
    found = found.where(identities.c.value.in_(sorted({name for _, _, name in named})))  # in order, it may walk another
    rows = [row for row in connection.execute(found) if (row.org, row.kind, row.value) in named]
    rows.sort(key=lambda row: -row.person_id)
    people = {row.person_id: _Person(row.org, row.person_id) for row in rows}  # the one known longest comes last
    return {named[row.org, row.kind, row.value]: people[row.person_id] for row in rows}


def _insert(
    connection: sa.Connection, new_persons: Sequence[_Person], new_identities: Mapping[_Key, _Person], now: datetime
) -> None:
    seal = seal_of(connection.dialect)
    uncertain = bool(new_identities) and strangers_are_uncertain(connection, seal)
    hold(connection, {person.id for person in new_identities.values() if person.id is not None})
    if new_persons:
        insert = persons.insert().returning(persons.c.id, sort_by_parameter_order=True)
        rows = [{"org": person.org, "created_at": now, "uncertain": uncertain} for person in new_persons]
        for person, person_id in zip(new_persons, connection.execute(insert, rows).scalars(), strict=True):
            person.id = person_id
    if new_identities:
        rows = [
            {"org": org, "kind": kind, "person_id": person.id, **_kept(seal, value)}
            for (org, kind, value), person in new_identities.items()
        ]
        connection.execute(identities.insert(), rows)


def hold(connection: sa.Connection, people: Collection[int], *, read: bool = True) -> None:
    """Lock persons for whoever has `Lock.TIES`; ``read`` if they are only pointed at. Raises where others have them.

    An erasure has its persons first and waits for the ties, so here nobody may wait for a person: the mapping is rolled
    back and made again.
    """
    if people:
        these = sa.select(persons.c.id).where(persons.c.id.in_(sorted(people))).order_by(persons.c.id)
        connection.execute(these.with_for_update(nowait=True, read=read, key_share=True)).all()


def _kept(seal: Seal, value: str) -> dict[str, str | None]:
    return {"value": seal.name(cleaned(value)), "sealed": value if seal.on else None}


def _told(person: _Person, by_kind: Mapping[str, _Person]) -> Tie:
    assert person.id is not None
    others = {kind: other.id for kind, other in by_kind.items() if other is not person}
    return Tie(person.id, _conflict(person.id, next(iter(by_kind), ""), others) if others else None)


def _conflict(person_id: int, strongest: str, others: Mapping[str, int | None]) -> str:
    words = ", ".join(f"its {kind.replace('_', ' ')} belongs to person {other}" for kind, other in others.items())
    return f"names two known persons: taken as person {person_id} by {strongest.replace('_', ' ')}; {words}"


class People:
    """Who a contact would be tied to; nothing is tied."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owners(self, org: str, contact: Contact) -> dict[tuple[str, str], int]:
        """Return the person that each identity (kind, value) in a contact belongs to, of those that belong to one."""
        wanted = {(org, kind, value) for kind, value in identities_of(contact).items()}
        with self._database.reading() as connection:
            known = _known(connection, wanted) if wanted else {}
        return {(kind, value): person.id for (_, kind, value), person in known.items() if person.id is not None}

    def person(self, person_id: int) -> Person:
        """Return what is known of a person."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(persons).where(persons.c.id == person_id)).one()
            mine = connection.execute(sa.select(identities).where(identities.c.person_id == person_id)).all()
        return person_from(row, person_id, mine)

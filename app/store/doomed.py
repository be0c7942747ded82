"""Whom an erasure is about, and what the bridge knows of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from app.store.names import goes_by
from app.store.tables import events, identities, persons
from app.store.tombstones import Key


@dataclass(frozen=True)
class Whom:
    """Everybody in ``orgs`` who has one of these identities (kind, value).

    ``sources`` are those of the orgs, for events that were not mapped yet; None: all there are.
    ``asked`` names the source that asked for it; None: an operator did, ``by`` name. ``again`` says of those who had
    been erased when that was, in the database that this one was copied from.
    """

    identities: frozenset[tuple[str, str]]
    orgs: tuple[str, ...]
    sources: tuple[str, ...] | None = None
    asked: str | None = None
    again: Mapping[Key, datetime] = field(default_factory=dict)
    by: str = ""

    @property
    def asked_by(self) -> str:
        operator = f"an operator ({self.by})" if self.by else "an operator"
        if self.again:
            return f"{operator}, again after a restore"
        return f"the source {self.asked}" if self.asked else operator

    @property
    def keys(self) -> frozenset[Key]:
        return frozenset((org, kind, value) for org in self.orgs for kind, value in self.identities)

    def where(self) -> list[sa.ColumnElement[bool]]:
        """The events among which somebody may be named."""
        if self.sources is None:
            return []
        return [sa.or_(events.c.org.in_(self.orgs), events.c.source.in_(self.sources))]


@dataclass(frozen=True)
class Known:
    """The persons that were found, every identity of theirs, their contacts upstream, and who is being delivered."""

    people: frozenset[int]
    keys: frozenset[Key]
    contact_ids: tuple[str, ...]
    leased: frozenset[int]

    @property
    def identities(self) -> frozenset[tuple[str, str]]:
        return frozenset((kind, value) for _, kind, value in self.keys)


def find(connection: sa.Connection, whom: Whom, *, lock: bool = False) -> Known:
    """Return the persons that have one of the identities; with ``lock`` nobody claims them meanwhile."""
    named = [sa.and_(identities.c.kind == kind, goes_by([value])) for kind, value in sorted(whom.identities)]
    ties = sa.select(identities.c.person_id).where(sa.or_(sa.false(), *named), identities.c.org.in_(whom.orgs))
    return known(connection, connection.execute(ties).scalars().all(), lock=lock)


def known(connection: sa.Connection, people: Collection[int], *, lock: bool = False) -> Known:
    """Return what is known of these persons."""
    these = sa.select(persons.c.id, persons.c.contact_id, persons.c.lease_owner).where(persons.c.id.in_(people))
    these = these.order_by(persons.c.id)
    rows = connection.execute(these.with_for_update(key_share=True) if lock else these).all()
    found = frozenset(row.id for row in rows)
    contact_ids = tuple(row.contact_id for row in rows if row.contact_id)
    leased = frozenset(row.id for row in rows if row.lease_owner)
    return Known(found, frozenset(_keys(connection, found)), contact_ids, leased)


def known_before(connection: sa.Connection, found: Known, event: int) -> Known:
    """Return those of the persons of whom more was known than one event tells, or who have a contact upstream.

    Whoever asks to be forgotten is made a person by the very event that asks.
    """
    received = sa.select(events.c.received_at).where(events.c.id == event).scalar_subquery()
    earlier = sa.exists().where(events.c.person_id == persons.c.id, events.c.id < event)
    more = sa.or_(persons.c.contact_id.is_not(None), persons.c.created_at < received, earlier)
    people = sa.select(persons.c.id).where(persons.c.id.in_(sorted(found.people)), more)
    return known(connection, connection.execute(people).scalars().all())


def _keys(connection: sa.Connection, people: Collection[int]) -> list[Key]:
    columns = identities.c["org", "kind", "value", "sealed"]
    rows = connection.execute(sa.select(*columns).where(identities.c.person_id.in_(sorted(people))))
    return [(row.org, row.kind, row.sealed or row.value) for row in rows]


def events_of(connection: sa.Connection, found: Known, *, lock: bool = False) -> list[int]:
    """Return the rows of the persons' own events."""
    rows = sa.select(events.c.id).where(events.c.person_id.in_(sorted(found.people))).order_by(events.c.id)
    return list(connection.execute(rows.with_for_update() if lock else rows).scalars())


def remove(connection: sa.Connection, found: Known) -> None:
    """Delete the persons with their identities."""
    people = sorted(found.people)
    connection.execute(identities.delete().where(identities.c.person_id.in_(people)))
    connection.execute(persons.delete().where(persons.c.id.in_(people)))

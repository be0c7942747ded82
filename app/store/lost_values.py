"""What only one key opens: how it is told from the rest, and how much of it there is."""

from dataclasses import astuple, dataclass
from typing import Any

import sqlalchemy as sa

from app.store.columns import SealedBytes
from app.store.gaps import named_people
from app.store.reseal import SEALED_COLUMNS
from app.store.seal import name_prefix, sealed_prefix
from app.store.tables import attempts, events, identities
from app.webhook import EventStatus

_WAITING = (EventStatus.RECEIVED.value, EventStatus.PENDING.value)


@dataclass(frozen=True)
class Extent:
    """How much one key sealed. ``persons`` are known by no name but its; ``failing`` are events that were not delivered
    and of which it sealed payload and contact; ``others``, rows in which it sealed anything at all, but for attempts.
    ``insisted``: nobody is erased without it.
    """

    payloads: int
    attempts: int
    identities: int
    persons: int
    failing: int
    others: int
    insisted: bool

    def __bool__(self) -> bool:
        return any(astuple(self))

    @property
    def rows(self) -> int:
        """How many rows that is, more or less."""
        return self.attempts + self.identities + self.others


def extent(connection: sa.Connection, mark: str) -> Extent:
    """Count what the key with this mark sealed. It reads every table as a whole."""
    body = sealed_with(events.c.body, mark)
    no_contact = sa.or_(events.c.contact.is_(None), sealed_with(events.c.contact, mark))
    named, other = named_by(mark), identities.alias("other")
    otherwise = sa.exists().where(other.c.person_id == identities.c.person_id, sa.not_(named_by(mark, other)))

    def count(table: sa.Table, *where: sa.ColumnElement[bool], what: Any = None) -> int:
        counted = sa.func.count() if what is None else sa.func.count(what)
        return connection.execute(sa.select(counted).select_from(table).where(*where)).scalar_one()

    rest = [table for table in SEALED_COLUMNS if table is not attempts]
    return Extent(
        payloads=count(events, body),
        attempts=count(attempts, touched(attempts, mark)),
        identities=count(identities, named),
        persons=count(identities, named, sa.not_(otherwise), what=identities.c.person_id.distinct()),
        failing=count(events, body, events.c.status.in_(_WAITING), no_contact),
        others=sum(count(table, touched(table, mark)) for table in rest),
        insisted=mark in named_people(connection),
    )


def sealed_with(column: sa.Column[Any], mark: str) -> sa.ColumnElement[bool]:
    """The condition that a value, as it is kept, was sealed with the key."""
    prefix, raw = sealed_prefix(mark), sa.type_coerce(column, column.type.impl)  # type: ignore[attr-defined] # a TypeDecorator has one
    if isinstance(column.type, SealedBytes):
        return sa.func.substr(raw, 1, len(prefix)) == sa.literal(prefix.encode(), sa.LargeBinary())
    return raw.startswith(prefix, autoescape=True)


def touched(table: sa.Table, mark: str) -> sa.ColumnElement[bool]:
    """The condition that the key sealed something in a row."""
    return sa.or_(*(sealed_with(column, mark) for column in SEALED_COLUMNS[table]))


def named_by(mark: str, table: sa.FromClause = identities) -> sa.ColumnElement[bool]:
    """The condition that an identity has its name by the key."""
    return table.c.value.startswith(name_prefix(mark), autoescape=True)

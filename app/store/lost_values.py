"""What only one key opens: how it is told from the rest, and how much of it there is."""

from dataclasses import astuple, dataclass
from typing import Any

import sqlalchemy as sa

from app.store.columns import SealedBytes
from app.store.reseal import SEALED_COLUMNS
from app.store.seal import name_prefix, sealed_prefix
from app.store.tables import attempts, events, identities
from app.webhook import EventStatus

_WAITING = (EventStatus.RECEIVED.value, EventStatus.PENDING.value)


@dataclass(frozen=True)
class Extent:
    """How much one key sealed. ``persons`` are known by no name but its; ``failing``, events that were not delivered
    and of which it sealed payload and contact; ``others``, rows in which it sealed
    anything else."""

    payloads: int
    attempts: int
    identities: int
    persons: int
    failing: int
    others: int

    def __bool__(self) -> bool:
        return any(astuple(self))


def extent(connection: sa.Connection, mark: str) -> Extent:
    """Count what the key with this mark sealed. It reads every table as a whole."""
    body = sealed_with(events.c.body, mark)
    no_contact = sa.or_(events.c.contact.is_(None), sealed_with(events.c.contact, mark))
    named, other = named_by(mark), identities.alias("other")
    otherwise = sa.exists().where(other.c.person_id == identities.c.person_id, sa.not_(named_by(mark, other)))

    def count(what: sa.Column[Any], *where: sa.ColumnElement[bool]) -> int:
        return connection.execute(sa.select(sa.func.count(what.distinct())).where(*where)).scalar_one()

    rest = [table for table in SEALED_COLUMNS if table is not attempts]
    return Extent(
        payloads=count(events.c.id, body),
        attempts=count(attempts.c.id, touched(attempts, mark)),
        identities=count(identities.c.value, named),
        persons=count(identities.c.person_id, named, sa.not_(otherwise)),
        failing=count(events.c.id, body, events.c.status.in_(_WAITING), no_contact),
        others=sum(count(next(iter(table.primary_key)), touched(table, mark)) for table in rest),
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

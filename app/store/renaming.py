"""Naming everybody by the first key, while the bridge runs: see `app.store.reseal`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.store.columns import seal_of
from app.store.database import Database, Lock, one_at_a_time
from app.store.gaps import name_by_first_key, only_named_by_first_key
from app.store.seal import Unreadable
from app.store.settlements import add_notes
from app.store.tables import events, identities, persons

_BATCH = 50


@dataclass
class Renamed:
    """How many identities got their new name, how many had it already with somebody else, and how many nobody can
    read, with the marks of their keys."""

    renamed: int = 0
    shared: int = 0
    unreadable: int = 0
    marks: set[str] = field(default_factory=set)


def rename(database: Database, tell: Callable[[int], object], *, all_else_readable: bool) -> Renamed:
    """Name everybody by the first key. If nothing is left that another key opens, the others are forgotten."""
    done, last = Renamed(), ("", "", "")
    order = identities.c["value", "kind", "org"]
    older = sa.select(identities).where(identities.c.value.not_like(f"{database.seal.name_prefix}%"))
    while True:
        with database.writing() as connection:
            one_at_a_time(connection, Lock.TIES)
            name_by_first_key(connection, database.seal)
            rows = connection.execute(older.where(sa.tuple_(*order) > last).order_by(*order).limit(_BATCH)).all()
            for row in rows:
                _name(connection, row, done)
            if not rows:
                if all_else_readable and not done.unreadable:
                    only_named_by_first_key(connection, database.seal)
                return done
        last = (rows[-1].value, rows[-1].kind, rows[-1].org)
        tell(len(rows))


def _name(connection: sa.Connection, row: sa.Row[Any], done: Renamed) -> None:
    value = row.sealed or row.value
    if isinstance(value, Unreadable):
        done.unreadable += 1
        done.marks.add(value.mark)
        return
    this = (identities.c.kind == row.kind, identities.c.org == row.org)
    name = seal_of(connection.dialect).name(value)
    older, named = (*this, identities.c.value == row.value), (*this, identities.c.value == name)
    twin = connection.execute(sa.select(identities.c.person_id).where(*named)).scalar()
    if twin is not None:  # two processes had different keys for a while: it stays with who was known first
        connection.execute(identities.delete().where(*(older if twin <= row.person_id else named)))
        if twin != row.person_id:
            _record(connection, row.kind, *sorted([twin, row.person_id]))
            done.shared += 1
    renamed = identities.update().where(*older)
    connection.execute(renamed.values(value=name, sealed=value))
    done.renamed += 1


def _record(connection: sa.Connection, kind: str, first: int, second: int) -> None:
    """Note with the newest event of either that two known persons turned out to be one.

    Whoever has that event in hand may wait for our ties, so nobody is waited for: the newest that is free takes it.
    """
    both = sa.select(*persons.c["id", "contact_id"]).where(persons.c.id.in_([first, second])).order_by(persons.c.id)
    words = [_words(row) for row in connection.execute(both)]
    what = kind.replace("_", " ")
    note = f"names one person who is known as two: {' and '.join(words)} have one {what}; it stays with person {first}"
    for person in (first, second):
        mine = sa.select(events.c.id).where(events.c.person_id == person).order_by(events.c.id.desc()).limit(1)
        newest = connection.execute(mine.with_for_update(skip_locked=True)).scalar()
        if newest is not None:
            add_notes(connection, newest, [note])


def _words(person: sa.Row[Any]) -> str:
    contact = f" (contact {person.contact_id})" if person.contact_id else ""
    return f"person {person.id}{contact}"

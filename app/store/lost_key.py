"""Giving up a key that is lost: what only that key opens is let go of, in small batches, and life goes on.

Events stay with their idempotency keys, and say why they ended. Persons lose the names that the key gave them. Whom it
alone named is gone here, but not upstream; so whoever is new is looked up first from then on.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.contact import Meaning
from app.errors import UsageError
from app.store.database import Database, Lock, one_at_a_time
from app.store.gaps import forget_key
from app.store.lost_events import GIVEN_UP, let_go
from app.store.lost_values import Extent, extent, named_by, sealed_with, touched
from app.store.receipts import Receipt, begin_receipt, go_on_with_receipt
from app.store.reseal import SEALED_COLUMNS
from app.store.tables import attempts, events, identities, org_states, persons, status_is
from app.webhook import EventStatus

_BATCH = 50
_PASSES = 3  # who is being delivered at this moment is passed by
_ASKS = (Meaning.ERASE.value, Meaning.ERASE_SOURCE.value)
_Work = Callable[[sa.Connection, Sequence[Any]], Mapping[str, int]]


class LostKey:
    """The key with this mark. ``tell`` hears how many rows were gone through since it was last told."""

    def __init__(self, database: Database, mark: str, tell: Callable[[int], object] = lambda _: None) -> None:
        """Raises `UsageError` if the key is configured: then it is not lost."""
        if mark in database.seal.marks:
            raise UsageError(f"the key with the mark {mark} is configured, so it is not lost; nothing was given up")
        self._database, self._mark, self._tell = database, mark, tell

    def extent(self) -> Extent:
        """Return what only this key opens."""
        with self._database.reading() as connection:
            return extent(connection, self._mark)

    def give_up(self, now: datetime) -> Receipt:
        """Let go of all of it. `extent` says what is left: of somebody who is being delivered, or a process has the
        key after all and goes on using it."""
        giving_up = _GivingUp(self._database, self._mark, now, self._tell)
        for _ in range(_PASSES):
            giving_up.go_through()
            if not self.extent():
                break
        return giving_up.end()


class _GivingUp:
    """One run. Its receipt is written with every batch, so that it tells the truth wherever it is stopped."""

    def __init__(self, database: Database, mark: str, now: datetime, tell: Callable[[int], object]) -> None:
        self._database, self._mark, self._now, self._tell = database, mark, now, tell
        self._done = Counter[str]()
        with database.writing() as connection:
            self._number = begin_receipt(connection, f"an operator, who gave up the key {mark}", now)

    def go_through(self) -> None:
        self._walk(identities.c.person_id, named_by(self._mark), self._unname)
        self._walk(events.c.id, sa.or_(touched(events, self._mark), status_is(EventStatus.FAILED)), self._let_go)
        for table in SEALED_COLUMNS:
            if table is not events:
                self._walk(next(iter(table.primary_key)), touched(table, self._mark), partial(self._blank, table))

    def end(self) -> Receipt:
        """Do without the key from now on. Whoever asked to be forgotten and waited for it is forgotten next."""
        waiting = (status_is(EventStatus.PENDING), events.c.meaning.in_(_ASKS), events.c.due_at > self._now)
        with self._database.writing() as connection:
            locked = sa.select(events.c.id).where(*waiting).order_by(events.c.id).with_for_update()
            asking = connection.execute(locked).scalars().all()  # before the ties, for which who has an event may wait
            one_at_a_time(connection, Lock.TIES)
            if connection.execute(sa.select(identities.c.value).where(named_by(self._mark)).limit(1)).first() is None:
                forget_key(connection, self._mark, self._now)
            connection.execute(events.update().where(events.c.id.in_(asking)).values(due_at=self._now))
            return go_on_with_receipt(connection, self._number, self._done)

    def _walk(self, key: sa.Column[Any], condition: sa.ColumnElement[bool], work: _Work) -> None:
        some, last = sa.select(key).where(condition).distinct().order_by(key).limit(_BATCH), None
        while True:
            with self._database.reading() as connection:
                keys = connection.execute(some if last is None else some.where(key > last)).scalars().all()
            if not keys:
                return
            with self._database.writing() as connection:
                self._done.update(work(connection, keys))
                go_on_with_receipt(connection, self._number, self._done)
            last = keys[-1]
            self._tell(len(keys))

    def _unname(self, connection: sa.Connection, people: Sequence[int]) -> Mapping[str, int]:
        """Take names from persons. Whoever has none left is nobody; their events that wait find them anew."""
        free = _quiet(connection, people)
        theirs = events.c.person_id.in_(free)
        connection.execute(sa.select(events.c.id).where(theirs).order_by(events.c.id).with_for_update()).all()
        one_at_a_time(connection, Lock.TIES)
        of_these = identities.c.person_id.in_(free)
        gone = connection.execute(identities.delete().where(of_these, named_by(self._mark))).rowcount
        named = connection.execute(sa.select(identities.c.person_id).where(of_these).distinct()).scalars().all()
        connection.execute(persons.update().where(persons.c.id.in_(named)).values(uncertain=True))
        nobody = sorted(set(free).difference(named))
        waiting = connection.execute(sa.select(events).where(theirs, status_is(EventStatus.PENDING))).all()
        done = let_go(connection, waiting, self._mark, self._now)
        connection.execute(events.update().where(events.c.person_id.in_(nobody)).values(person_id=None))
        connection.execute(persons.delete().where(persons.c.id.in_(nobody)))
        return {**done, "identities": gone, "persons": len(nobody)}

    def _let_go(self, connection: sa.Connection, rows: Sequence[int]) -> Mapping[str, int]:
        these = events.c.id.in_(rows)
        people = connection.execute(sa.select(events.c.person_id).where(these, events.c.person_id.is_not(None)))
        free = sa.or_(events.c.person_id.is_(None), events.c.person_id.in_(_quiet(connection, people.scalars().all())))
        locked = sa.select(events).where(these, free).order_by(events.c.id).with_for_update(skip_locked=True)
        found = connection.execute(locked).all()
        one_at_a_time(connection, Lock.TIES)
        return let_go(connection, found, self._mark, self._now)

    def _blank(self, table: sa.Table, connection: sa.Connection, keys: Sequence[Any]) -> Mapping[str, int]:
        if table is persons:
            keys = _quiet(connection, keys)
        values = {column: self._without(column) for column in SEALED_COLUMNS[table]}
        if table is persons:
            values[persons.c.uncertain] = sa.true()  # what they are called is known upstream
        these = (next(iter(table.primary_key)).in_(keys), touched(table, self._mark))
        done = connection.execute(table.update().where(*these).values(values)).rowcount
        return {"attempts": done} if table is attempts else {}

    def _without(self, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        """The value of a column, unless the key sealed it."""
        instead = sa.literal(GIVEN_UP, column.type) if column is org_states.c.reason else sa.null()
        kept = sa.type_coerce(column, column.type.impl)  # type: ignore[attr-defined] # a TypeDecorator has one
        return sa.case((sealed_with(column, self._mark), instead), else_=kept)


def _quiet(connection: sa.Connection, people: Collection[int]) -> Sequence[int]:
    """Lock those of the persons whom nobody delivers, and return them; nobody claims them meanwhile."""
    quiet = sa.select(persons.c.id).where(persons.c.id.in_(people), persons.c.lease_owner.is_(None))
    locked = quiet.order_by(persons.c.id).with_for_update(skip_locked=True, key_share=True)
    return connection.execute(locked).scalars().all()

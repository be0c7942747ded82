"""Forgetting everything that one source sent, and the persons of whom no other source told (``shop/redact``).

It goes in batches, each with a receipt. The event that asks for it is settled last, so that after a
crash it is simply done again. What came in after that event is not touched.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.store.database import Database, Lock, one_at_a_time
from app.store.doomed import Whom, events_of, known, remove
from app.store.emptying import AT_ONCE, erase_events
from app.store.erasure import conclusion
from app.store.fetches import Errand
from app.store.gaps import insist_on_every_key
from app.store.receipts import all_receipts, file_receipt
from app.store.tables import events, persons
from app.store.tombstones import bury
from app.webhook import EventStatus

_AGAIN = timedelta(minutes=1)


class Clearing:
    """Clears a source, on the errand of an event that asks for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def clear(self, errand: Errand, now: datetime, most: int = AT_ONCE) -> bool:
        """Forget what came from the errand's source before it. False: somebody is being delivered; later again.

        Raises `KeyMissingError`.
        """
        with self._database.reading() as connection:
            insist_on_every_key(connection)
        source = errand.event.source
        whom = Whom(frozenset(), (errand.org,), (source,), f"{source}, event {errand.row}")
        for step in (self._persons, self._events):
            while step(whom, errand, now, most):
                pass
        receipts = [receipt for receipt in all_receipts(self._database) if receipt.asked_by == whom.asked_by]
        contacts = {contact_id for receipt in receipts for contact_id in receipt.contact_ids}
        with self._database.writing() as connection:
            left = sa.select(events.c.id).where(_before(events, errand), events.c.body.is_not(None)).limit(1)
            done = connection.execute(left).first() is None
            _settle(connection, errand.row, tuple(sorted(contacts)), now, done=done)
        self._database.scrub()
        return done

    def _persons(self, whom: Whom, errand: Errand, now: datetime, most: int) -> int:
        """Forget some persons of whom nobody else told; return how many."""
        with self._database.writing() as connection:
            some = connection.execute(_alone(errand).limit(most)).scalars().all()
            locked = known(connection, some, lock=True)
            events_of(connection, locked, lock=True)
            one_at_a_time(connection, Lock.TIES)
            alone = connection.execute(_alone(errand).where(events.c.person_id.in_(some))).scalars().all()
            found = known(connection, alone)
            if not found.people:
                return 0
            emptied = erase_events(connection, events_of(connection, found), now)
            remove(connection, found)
            bury(connection, dict.fromkeys(found.keys, now))
            file_receipt(connection, whom, found, emptied, now)
        return len(found.people)

    def _events(self, whom: Whom, errand: Errand, now: datetime, most: int) -> int:
        """Empty some of what is left; return how many. Their persons are known by other sources, too."""
        quiet = sa.not_(sa.exists().where(persons.c.id == events.c.person_id, persons.c.lease_owner.is_not(None)))
        some = sa.select(*events.c["id", "person_id"]).where(_before(events, errand), quiet, events.c.body.is_not(None))
        some = some.order_by(events.c.id)
        with self._database.writing() as connection:
            seen = connection.execute(some.limit(most)).all()
            known(connection, [row.person_id for row in seen if row.person_id], lock=True)  # nobody claims them now
            still = some.where(events.c.id.in_([row.id for row in seen])).with_for_update(skip_locked=True, of=events)
            told = connection.execute(still).all()
            rows = [row.id for row in told]
            if rows:
                people = [row.person_id for row in told if row.person_id]
                nameless = persons.update().where(persons.c.id.in_(people)).values(name=None)  # whoever told it
                connection.execute(nameless)
                file_receipt(connection, whom, known(connection, []), erase_events(connection, rows, now), now)
        return len(rows)


def _before(table: sa.FromClause, errand: Errand) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.source == errand.event.source, table.c.id < errand.row)


def _alone(errand: Errand) -> sa.Select[Any]:
    """The persons of whom only this source told, and of whom nothing is being delivered."""
    other = events.alias("other")
    elsewhere = sa.exists().where(other.c.person_id == events.c.person_id, sa.not_(_before(other, errand)))
    free = sa.exists().where(persons.c.id == events.c.person_id, persons.c.lease_owner.is_(None))
    people = sa.select(events.c.person_id).where(_before(events, errand), free, sa.not_(elsewhere))
    return people.distinct().order_by(events.c.person_id)


def _settle(connection: sa.Connection, row: int, contacts: tuple[str, ...], now: datetime, *, done: bool) -> None:
    waiting = events.update().where(events.c.id == row, events.c.status == EventStatus.PENDING.value)
    if not done:
        connection.execute(waiting.values(due_at=now + _AGAIN))
        return
    erase_events(connection, [row], now)
    status, reason = conclusion(contacts)
    connection.execute(events.update().where(events.c.id == row).values(status=status.value, reason=reason))

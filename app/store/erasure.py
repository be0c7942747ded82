"""Forgetting a person: everywhere, at once, with a receipt, and so that nothing old brings them back.

First a sweep takes their traces out of everybody else's events, in small transactions. Then one
transaction does the rest: the person's own events, the rows that say who they are, the tombstones and
the receipt. A crash before it leaves the person known, so that the same request does it all again.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.errors import PersonBusyError
from app.store.database import Database, Lock, one_at_a_time
from app.store.doomed import Known, Whom, events_of, find, known_before, remove
from app.store.emptying import Emptied, erase_events
from app.store.gaps import insist_on_every_key
from app.store.people import identities_of
from app.store.receipts import Receipt, file_receipt
from app.store.settlements import write
from app.store.sweep import Progress, Sweep
from app.store.tables import events
from app.store.tombstones import bury
from app.store.work import Settlement
from app.traces import Traces
from app.webhook import EventStatus

_MOST_ROUNDS = 10


class Erasure:
    """Erases persons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase(self, whom: Whom, now: datetime, progress: Progress = lambda _: None) -> Receipt:
        """Forget everybody that ``whom`` means. Somebody unknown leaves tombstones and a receipt, too.

        Raises `PersonBusyError` when one of their events is being delivered at this moment, and `KeyMissingError`.
        """
        receipt = self._erase(whom, now, progress)
        assert receipt
        return receipt

    def settle(self, settlement: Settlement, sources: tuple[str, ...], now: datetime) -> bool:
        """Settle an event that asks to be forgotten, and forget whom it names in the same transaction.

        False if the lease had been lost: then the person is still known. Raises `PersonBusyError` as above.
        """
        claim = settlement.claim
        named = claim.person.identities | identities_of(claim.contact).items()
        whom = Whom(frozenset(named), (claim.org,), sources, settlement.claim.source)
        return self._erase(whom, now, lambda _: None, settlement) is not None

    def _erase(
        self, whom: Whom, now: datetime, progress: Progress, settlement: Settlement | None = None
    ) -> Receipt | None:
        swept = Emptied()
        for _ in range(_MOST_ROUNDS):
            with self._database.reading() as connection:
                insist_on_every_key(connection)
                seen = find(connection, whom)
            last = _Last(whom, seen, settlement, now)
            last.insist_on_quiet(seen)
            sweep = Sweep(Traces(whom.identities | seen.identities), seen.people, whom.where(), now)
            sweep.run(self._database, progress)
            try:
                with self._database.writing() as connection:
                    receipt = last.transaction(connection, sweep, swept)
            except _MoreCameError:
                swept += sweep.found
            else:
                self._database.scrub()
                return receipt
        raise PersonBusyError("more of this person keeps coming in; try again later")


class _MoreCameError(Exception):
    """The person has more identities or events than the sweep knew of; it has to begin again."""


@dataclass(frozen=True)
class _Last:
    """The last transaction of an erasure; ``seen`` is what its sweep went by.

    Locks come in one order: persons, events, ties. Whoever maps has events and waits for ties.
    """

    whom: Whom
    seen: Known
    settlement: Settlement | None
    now: datetime

    def transaction(self, connection: sa.Connection, sweep: Sweep, swept: Emptied) -> Receipt | None:
        found = find(connection, self.whom, lock=True)
        self.insist_on_quiet(found)
        sweep.rest(connection)
        rows = events_of(connection, found, lock=True)
        one_at_a_time(connection, Lock.TIES)
        if find(connection, self.whom).keys != self.seen.keys or events_of(connection, found) != rows:
            raise _MoreCameError
        if self.settlement:
            if write(connection, [self.settlement]) != [True]:
                return None
            found = find(connection, self.whom)  # the delivery may have found or lost the contact upstream
        told = known_before(connection, found, self.settlement.claim.row) if self.settlement else found
        emptied = swept + sweep.found + erase_events(connection, rows, self.now)
        remove(connection, found)
        bury(connection, {**dict.fromkeys(found.keys | self.whom.keys, self.now), **self.whom.again})
        if self.settlement:
            _conclude(connection, self.settlement.claim.row, found.contact_ids)
        return file_receipt(connection, self.whom, told, emptied, self.now, unsearched=sweep.unsearched)

    def insist_on_quiet(self, found: Known) -> None:
        own = {self.settlement.claim.person.id} if self.settlement else set[int]()
        if found.leased - own:
            raise PersonBusyError("an event of this person is being delivered at this moment; try again in a minute")


def _conclude(connection: sa.Connection, row: int, contact_ids: tuple[str, ...]) -> None:
    status, reason = conclusion(contact_ids)
    connection.execute(events.update().where(events.c.id == row).values(status=status.value, reason=reason))


def conclusion(contact_ids: tuple[str, ...]) -> tuple[EventStatus, str]:
    """How an event ends that asked to be forgotten, and in which words."""
    if not contact_ids:
        return EventStatus.DELIVERED, "erased here; nobody upstream"
    which = f"the contact {contact_ids[0]}" if len(contact_ids) == 1 else f"the contacts {', '.join(contact_ids)}"
    if len(contact_ids) > 10:
        which = f"{len(contact_ids)} contacts (`contact-bridge erase --receipts` names them)"
    return EventStatus.FAILED, f"erased here; delete {which} upstream by hand: its API documents no delete"

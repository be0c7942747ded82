"""Group commit: whoever comes first commits for everybody who came while the last commit ran.

No writer thread: one of the waiting threads leads, commits everything that is queued, wakes those
whose items these were, and hands the lead to the first who came since. What goes wrong at a commit
(a full disk, a lost connection) is told to everybody whose item was in it.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from app.errors import StoreUnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Ticket(Generic[Item, Result]):
    """An item, and a lock that is released once it is committed or its thread is to lead."""

    __slots__ = ("error", "item", "leads", "result", "wake")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.leads = False
        self.result: Result | None = None
        self.error: Exception | None = None
        self.wake = threading.Lock()
        self.wake.acquire()

    def settle(self, result: Result | None, error: Exception | None = None) -> None:
        self.result, self.error = result, error
        self.wake.release()


class GroupCommit(Generic[Item, Result]):
    """Share transactions between threads.

    ``transaction()`` opens one (waiting for it if need be) and ``write(transaction, items)`` returns a
    result per item; calling the object with one item returns its result once it is committed.
    Items are taken when the transaction is open, so whoever came while it was waited for is in it.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[object]],
        write: Callable[..., Sequence[Result]],
        most: int = 256,
    ) -> None:
        self._transaction, self._write, self._most = transaction, write, most
        self._waiting: deque[_Ticket[Item, Result]] = deque()
        self._lock, self._led = threading.Lock(), False

    def __call__(self, item: Item) -> Result:
        ticket: _Ticket[Item, Result] = _Ticket(item)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads, self._led = not self._led, True
        if not ticket.leads:
            ticket.wake.acquire()
        if ticket.leads:
            self._lead()
        if ticket.error:
            raise ticket.error
        return ticket.result  # type: ignore[return-value] # a ticket that is done has one or the other

    def _lead(self) -> None:
        """Commit what waits, the leader's own item first; then somebody else leads, or nobody."""
        try:
            self._commit(self._most)
        finally:
            with self._lock:
                self._led = bool(self._waiting)
                if self._led:
                    self._waiting[0].leads = True
                    self._waiting[0].wake.release()

    def _commit(self, most: int) -> None:
        taken: list[_Ticket[Item, Result]] = []
        try:
            with self._transaction() as transaction:
                taken = self._take(most)
                results = self._write(transaction, [ticket.item for ticket in taken])
        except Exception as error:  # noqa: BLE001 -- it belongs to those whose items these are
            self._fail(taken or self._take(most), error)
        except BaseException:
            _tell(taken or self._take(most), StoreUnavailableError("interrupted"))
            raise
        else:
            for ticket, result in zip(taken, results, strict=True):
                ticket.settle(result)

    def _take(self, most: int) -> list[_Ticket[Item, Result]]:
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def _fail(self, taken: list[_Ticket[Item, Result]], error: Exception) -> None:
        if len(taken) == 1 or isinstance(error, StoreUnavailableError):
            _tell(taken, error)
            return
        self._waiting.extendleft(reversed(taken))  # one of them is to blame: each gets a transaction of its own
        for _ in taken:
            self._commit(1)


def _tell(tickets: Sequence[_Ticket[Item, Result]], error: Exception) -> None:
    for ticket in tickets:
        ticket.settle(None, error)

"""Group commit: whoever comes first commits for everybody who came while the last commit ran.

No writer thread and no queue to hand over: the waiting threads take turns. One that gets its turn and
finds its item committed already just leaves. What goes wrong at a commit (a full disk, a lost
connection) is told to everybody whose item was in it.
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
    __slots__ = ("done", "error", "item", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.done = False
        self.result: Result | None = None
        self.error: Exception | None = None


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
        self._turn = threading.Lock()

    def __call__(self, item: Item) -> Result:
        ticket: _Ticket[Item, Result] = _Ticket(item)
        self._waiting.append(ticket)
        with self._turn:
            while not ticket.done:
                self._commit()
        if ticket.error:
            raise ticket.error
        return ticket.result  # type: ignore[return-value] # a ticket that is done has one or the other

    def _commit(self) -> None:
        taken: list[_Ticket[Item, Result]] = []
        try:
            with self._transaction() as transaction:
                while self._waiting and len(taken) < self._most:
                    taken.append(self._waiting.popleft())
                results = self._write(transaction, [ticket.item for ticket in taken])
        except Exception as error:  # noqa: BLE001 -- it belongs to those whose items these are
            self._fail(taken or [self._waiting.popleft()], error)
            return
        for ticket, result in zip(taken, results, strict=True):
            ticket.result, ticket.done = result, True

    def _fail(self, taken: list[_Ticket[Item, Result]], error: Exception) -> None:
        if len(taken) > 1 and not isinstance(error, StoreUnavailableError):
            for ticket in reversed(taken):  # one of them is to blame: each gets a transaction of its own
                self._waiting.appendleft(ticket)
            most, self._most = self._most, 1
            for _ in taken:
                self._commit()
            self._most = most
            return
        for ticket in taken:
            ticket.error, ticket.done = error, True

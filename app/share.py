"""Work that is worth a small part of a process's time and no more, however often it is asked for."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Done = TypeVar("Done")


class Share:
    """``part`` of the time, from 0 to 1; up to ``saved`` seconds of work that were not used can be had at once.

    ``spent`` tells how much processor time the thread has used.
    """

    def __init__(
        self,
        part: float,
        saved: float,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
    ) -> None:
        self._part, self._saved, self._clock, self._spent = part, saved, clock, spent
        self._left, self._counted = saved, clock()
        self._lock = threading.Lock()

    def spend(self, work: Callable[[], Done]) -> Done | None:
        """Do ``work`` and return what it returns; None, undone, while the share is used up."""
        if self._account(0.0) <= 0:
            return None
        before = self._spent()
        try:
            return work()
        finally:
            self._account(self._spent() - before)

    def _account(self, cost: float) -> float:
        with self._lock:
            now = self._clock()
            self._left = min(self._saved, self._left + (now - self._counted) * self._part) - cost
            self._counted = now
            return self._left

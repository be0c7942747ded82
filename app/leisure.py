"""When mapping need not hurry: what it takes of the database and the processors, acks wait for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_TIMES = 100  # as long as the work took: it takes a hundredth of the time then
_LONGEST_SECONDS = 1.0


class Leisure:
    """Rests between batches of work for as long as nobody waits for its results (``hurry`` is False)."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until = 0.0
        self.hurry = True

    @property
    def rest(self) -> float:
        """Seconds that the next batch can wait; 0 if it is wanted now."""
        return 0.0 if self.hurry else max(0.0, self._until - self._monotonic())

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One batch of work, for as long as the block lasts."""
        began = self._monotonic()
        yield
        ended = self._monotonic()
        self._until = ended + min(_LONGEST_SECONDS, _TIMES * (ended - began))

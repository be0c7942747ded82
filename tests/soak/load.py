"""Senders: about so many requests a second, whatever becomes of them. What fails is sent again, as senders do."""

import asyncio
import heapq
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random

from tests.soak.ledger import Key, Ledger
from tests.soak.people import Crowd, Occurrence
from tests.soak.senders import request
from tests.soak.wire import Wire

_TWICE_AT_ONCE, _TIMES_LATER = 0.5, (0, 1, 2, 3)  # so an event is sent three times, on average
_MOST_UNDER_WAY = 400
_RETRY_SECONDS, _DUPLICATE_SECONDS = (0.5, 3.0), (1.0, 10.0)


class Load(threading.Thread):
    """Runs until `finish`. ``statuses`` counts answers (0: none), ``seconds`` holds how long each 2xx took."""

    def __init__(
        self, ports: Sequence[int], crowd: Crowd, ledger: Ledger, seed: str, before: Sequence[Occurrence] = ()
    ) -> None:
        """``before``: what was acked already."""
        super().__init__(name="load", daemon=True)
        self._wires = [Wire(port) for port in ports]
        self.crowd, self._occurrences = crowd, crowd.occurrences()
        self._ledger, self._random = ledger, Random(seed)
        self._again: list[tuple[float, int, Occurrence]] = []
        self._numbers = itertools.count()
        self._rate, self._ending = 0.0, False
        self._tasks: set[asyncio.Task[None]] = set()
        self._wanted: set[Key] = set()  # not acked yet
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.sent = list(before)
        self.seconds = 0.0
        self.offered = 0

    def offer(self, rate: float) -> None:
        """Send ``rate`` requests a second from now on."""
        self._rate = rate

    def finish(self, patience: float) -> int:
        """Send nothing new, and what is not acked again until it is; return how many were given up."""
        self._ending = True
        until = time.monotonic() + patience
        while self._wanted and time.monotonic() < until:
            time.sleep(0.1)
        self._rate = -1.0
        self.join()
        return len(self._wanted)

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        due = time.monotonic()
        while self._rate >= 0:
            began = time.monotonic()
            due = max(due, began - 0.2)  # no burst after a pause
            while self._rate > 0 and due <= time.monotonic():
                due += self._next() / self._rate
            await asyncio.sleep(0.005)
            if self._rate > 0 and not self._ending:
                self.seconds += time.monotonic() - began
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for wire in self._wires:
            wire.close()

    def _next(self) -> int:
        """Send what is due again, or else something new; return how many requests that was, or would have been."""
        if len(self._tasks) >= _MOST_UNDER_WAY:
            return 1
        if self._again and self._again[0][0] <= time.monotonic():
            self._send(heapq.heappop(self._again)[2])
            return 1
        return 1 if self._ending else self._new()

    def _new(self) -> int:
        occurrence, times = next(self._occurrences), 1 + (self._random.random() < _TWICE_AT_ONCE)
        self._note(occurrence)
        for _ in range(times):
            self._send(occurrence)
        for _ in range(self._random.choice(_TIMES_LATER)):
            self.later(occurrence, _DUPLICATE_SECONDS)
        return times

    def _note(self, occurrence: Occurrence) -> None:
        self._wanted.add(occurrence.key)
        self.sent.append(occurrence)

    def send(self, occurrence: Occurrence) -> bool:
        """Send one more, from another thread; False if it is too late for anything new."""
        if self._ending:
            return False
        self._note(occurrence)
        self.later(occurrence, (0.0, 0.0))
        return True

    def of(self, number: int) -> list[Occurrence]:
        """Return everything that was sent about a person."""
        return [occurrence for occurrence in tuple(self.sent) if occurrence.number == number]

    def acked(self, occurrences: Iterable[Occurrence]) -> bool:
        """Whether the senders know that all of these were kept."""
        return self._wanted.isdisjoint(occurrence.key for occurrence in occurrences)

    def later(self, occurrence: Occurrence, between: tuple[float, float]) -> None:
        at = time.monotonic() + self._random.uniform(*between)
        heapq.heappush(self._again, (at, next(self._numbers), occurrence))

    def _send(self, occurrence: Occurrence) -> None:
        self.offered += not self._ending
        task = asyncio.get_running_loop().create_task(self._deliver(occurrence, self._random.choice(self._wires)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, occurrence: Occurrence, wire: Wire) -> None:
        began = time.monotonic()
        status = await wire.post(request(occurrence))
        self.statuses[status] += 1
        if 200 <= status < 300:
            self._ledger.note(*occurrence.key, status)
            self.latencies.append(time.monotonic() - began)
            self._wanted.discard(occurrence.key)
        elif occurrence.key in self._wanted:
            self.later(occurrence, _RETRY_SECONDS)

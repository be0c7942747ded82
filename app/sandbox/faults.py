"""What can go wrong on request: a fault says which requests it strikes, how often, and what happens then."""

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from threading import RLock
from typing import Any


class FaultKind(StrEnum):
    """What happens to the request."""

    LATENCY = "latency"  # the answer comes ``seconds`` later
    HANG = "hang"  # no answer for ``seconds``, then the connection is closed
    DROP = "drop"  # the connection is closed without an answer
    CUT = "cut"  # carried out, and the connection is closed in the middle of the answer
    RATE_LIMITED = "rate_limited"  # 429, with ``retry_after``
    ERROR = "error"  # ``status`` (503 without one), with ``retry_after``
    UNAUTHORIZED = "unauthorized"  # 401
    REDIRECT = "redirect"  # 302 to a path where nothing is
    HTML = "html"  # 200 and a page, as of a proxy that is in the way
    NO_CONTACT = "no_contact"  # 200 and JSON that is no contact
    HALF = "half"  # of a bulk create, the first half is carried out, and the connection is closed
    REFUSED_ROWS = "refused_rows"  # of a bulk create, every other person is refused
    LOST_ROWS = "lost_rows"  # of a bulk create, all are carried out, and every other person is not in the answer


OF_BULK = (FaultKind.HALF, FaultKind.REFUSED_ROWS, FaultKind.LOST_ROWS)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. The first that matches a request strikes it, ``times`` times (None: always).

    ``after`` lets the request be carried out first: the contact is made, and the answer is lost.
    ``seconds`` and ``retry_after`` are in seconds; ``retry_after_as_date`` sends the latter as an HTTP date.
    ``probability`` is from 0 to 1.
    """

    kind: FaultKind
    times: int | None = None
    after: bool = False
    method: str | None = None
    path_contains: str = ""
    path_ends: str = ""
    probability: float = 1.0
    seconds: float | None = None
    status: int | None = None
    retry_after: int | None = None
    retry_after_as_date: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", FaultKind(self.kind))  # in-process callers may write kind="drop"

    @property
    def carried_out(self) -> bool:
        return self.after or self.kind is FaultKind.CUT or self.kind in OF_BULK

    def fits(self, method: str, path: str) -> bool:
        there = self.path_contains in path and path.endswith(self.path_ends)
        return there and self.method in (None, method) and (self.kind not in OF_BULK or path.endswith("/bulk"))


class Faults:
    """The faults that are waiting to strike, in the order in which they were added."""

    def __init__(self, lock: RLock, chance: Callable[[], float] = random.random) -> None:
        self._lock = lock
        self._chance = chance
        self._waiting: list[tuple[Fault, int | None]] = []

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._waiting += [(fault, fault.times) for fault in faults]

    def replace(self, faults: Sequence[Fault]) -> None:
        with self._lock:
            self.clear()
            self.add(*faults)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that strikes this request, if any, and count it."""
        with self._lock:
            for place, (fault, left) in enumerate(self._waiting):
                if fault.fits(method, path) and self._chance() < fault.probability:
                    if left == 1:
                        del self._waiting[place]
                    elif left is not None:
                        self._waiting[place] = (fault, left - 1)
                    return fault
        return None

    def waiting(self) -> list[dict[str, Any]]:
        """Return the faults as plain data; ``times`` is how often each will still strike."""
        with self._lock:
            return [{**asdict(fault), "times": left} for fault, left in self._waiting]

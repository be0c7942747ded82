"""Persons whom nobody works on for a while, because a request about them may still be carried out upstream.

Their leases are kept meanwhile, and the time is counted by a clock that nobody sets: if the wall clock jumped,
a look-up could come too early, find nobody, and a second contact would be made.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

from app.store.claims import Claims

_LOOK_EVERY_SECONDS = 1.0


class Resting:
    """``monotonic`` is in seconds; ``longest`` is how long a request of somebody who died may be under way."""

    def __init__(self, claims: Claims, longest: timedelta, monotonic: Callable[[], float]) -> None:
        self._claims, self._longest, self._monotonic = claims, longest, monotonic
        self._until: dict[int, tuple[float, str]] = {}  # by person: when it has rested, and the lease that is kept
        self._lock = threading.Lock()
        self._look_at = 0.0

    def lay(self, leases: Mapping[int, str], span: timedelta | None = None) -> None:
        """Keep leases, by person, for ``span``, else for as long as a request takes at the most."""
        until = self._monotonic() + (span or self._longest).total_seconds()
        with self._lock:
            self._until |= {person: (until, lease) for person, lease in leases.items()}

    def tend(self) -> None:
        """Take over whom dead processes left, and free who has rested. Raises `StoreUnavailableError`."""
        now = self._monotonic()
        if now >= self._look_at:
            self.lay(self._claims.adopt())
            self._look_at = now + _LOOK_EVERY_SECONDS
        rested = {person: lease for person, (until, lease) in list(self._until.items()) if until <= now}
        if rested:
            self._claims.free(rested)
            with self._lock:
                for person, lease in rested.items():
                    if self._until[person][1] == lease:
                        del self._until[person]

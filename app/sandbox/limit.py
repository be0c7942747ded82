"""The rate limit: so many requests of one client in any sixty seconds."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime
from threading import RLock

from app.sandbox.settings import Settings

WINDOW = 60.0  # seconds


class RateLimit:
    """A sliding window per client. A request that is turned away does not count."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], lock: RLock) -> None:
        self._settings = settings
        self._now = now
        self._lock = lock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, client: str) -> int | None:
        """Count a request and return None, or how many whole seconds the client has to wait."""
        limit = self._settings.rate_limit
        if limit is None:
            return None
        with self._lock:
            times, now = self._times[client], self._now().timestamp()
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if len(times) >= limit:
                return max(1, math.ceil(times[0] + WINDOW - now)) if times else math.ceil(WINDOW)
            times.append(now)
            return None

    def clear(self) -> None:
        with self._lock:
            self._times.clear()

"""Pacing: a token per request, from the limit that all processes share. Waiting for one is not an attempt."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from app.errors import PutOffError, StoreUnavailableError
from app.store.rate import GRACE, RateLimit

_MOST_AT_ONCE = 16
_MOMENT = 600  # of a limit a minute, what a tenth of a second may take
_FRESH = GRACE / 2  # a token that nobody took by then is let go of; the other half is for the request's way
_LATEST = timedelta(seconds=8)
_LOOK_AGAIN_SECONDS = 0.5


class Pace:
    """Call it before a request: it returns when the request may go out.

    Raises `PutOffError` once closed, or without a store. ``kept`` tokens of a minute are for whoever comes `ahead`.
    """

    kept = 0

    def __init__(self, limit: RateLimit, now: Callable[[], datetime]) -> None:
        self._limit, self._now = limit, now
        self._changed, self._counting = threading.Condition(), threading.Lock()
        self._tokens, self._granted_at = 0, now()
        self._late = timedelta()  # what a grant is expected to take: where the database is slow, it counts from then on
        self._none_until, self._none_of = 0.0, 0  # whoever comes meanwhile need not ask; how many were kept for others
        self._waiting, self._closed = 0, False

    def __call__(self) -> None:
        self._count(+1)
        try:
            self._wait(self._wish)
        finally:
            self._count(-1)

    def ahead(self) -> None:
        """As calling it, for a request that stands for many: it does not wait behind the others."""
        self._wait(lambda: (1, 0))

    def _wish(self) -> tuple[int, int]:
        """How many tokens are wanted, and how many of a minute's are kept for others."""
        most = self._limit.limit
        return min(max(min(self._waiting, _MOST_AT_ONCE), most // _MOMENT), most), self.kept

    def _wait(self, wish: Callable[[], tuple[int, int]]) -> None:
        try:
            with self._changed:
                while not self._take(*wish()):
                    pass
        except StoreUnavailableError:
            raise PutOffError("put off: the store is not available") from None

    def _count(self, change: int) -> None:
        """Under a lock of its own, so that whoever asks for tokens asks for all who came meanwhile."""
        with self._counting:
            self._waiting += change

    def _take(self, wanted: int, kept: int) -> bool:
        if self._closed:
            raise PutOffError("put off: the process stops")
        now = self._now()
        if self._tokens and now < self._granted_at:
            self._changed.wait(min(_LOOK_AGAIN_SECONDS, (self._granted_at - now).total_seconds()))
            return False
        if self._tokens and now - self._granted_at < _FRESH:
            self._tokens -= 1
            return True
        if (rest := self._none_until - time.monotonic()) > 0 and kept >= self._none_of:
            self._changed.wait(rest)
            return False
        granted_at = now + self._late
        self._tokens, more_at = self._limit.take(wanted, granted_at, kept)
        self._granted_at = granted_at
        if not self._tokens:
            rest = min(_LOOK_AGAIN_SECONDS, max(0.005, (more_at - granted_at).total_seconds()))
            self._none_until, self._none_of = time.monotonic() + rest, kept
        else:
            self._adapt(self._now() - now)
        return False

    def _adapt(self, took: timedelta) -> None:
        """Expect of the next grant what this one took; if it is too late to be used, it is given back."""
        if took - self._late >= _FRESH:
            self._limit.give_back(self._tokens, self._granted_at)
            self._tokens = 0
        self._late = min(took, _LATEST) if took > _FRESH / 2 else timedelta()

    def close(self) -> None:
        """Send everybody who waits away."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

"""What is done now and then beside deliveries: payloads and idempotency keys that are old enough go."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from app.errors import StoreUnavailableError
from app.store import Retention, Store
from app.store.emptying import AT_ONCE

log = structlog.get_logger()

_EVERY_SECONDS = 300.0
_BREATH_SECONDS = 0.05  # between two batches: whoever wants to write has their turn


class Housekeeping:
    """``pause(seconds)`` waits and returns True when it is time to stop; by default it waits for `stop`."""

    def __init__(
        self, store: Store, days: int, now: Callable[[], datetime], pause: Callable[[float], bool] | None = None
    ) -> None:
        self._store, self._retention, self._now = store, Retention(store.database, days), now
        self._stopping = threading.Event()
        self._pause = pause or self._stopping.wait

    @contextmanager
    def running(self) -> Iterator[None]:
        """In a thread of its own, for as long as the block runs."""
        thread = threading.Thread(target=self.run, name="housekeeping", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()

    def run(self) -> None:
        """Tidy every few minutes until it is time to stop."""
        while True:
            try:
                self.tidy()
            except StoreUnavailableError as error:
                log.warning("store unavailable", reason=str(error))
            except Exception as error:  # noqa: BLE001 -- a bug here must not stop what comes after it
                log.warning("bug", error=type(error).__name__, thread="housekeeping")
            if self._pause(_EVERY_SECONDS):
                return

    def tidy(self) -> None:
        """Let go of all that is old enough now."""
        if not self._store.migrated:
            self._store.migrate()
        now, keep = self._now(), self._retention
        emptied, forgotten = self._batches(keep.empty, now), self._batches(keep.forget, now)
        unburied = keep.unbury(now)
        hours = self._store.hours.forget()
        if emptied or forgotten or unburied or hours:
            log.info("tidied", emptied=emptied, forgotten=forgotten, unburied=unburied, hours=hours)

    def _batches(self, step: Callable[[datetime], int], now: datetime) -> int:
        done = 0
        while not self._stopping.is_set():
            done += (few := step(now))
            if few < AT_ONCE or self._pause(_BREATH_SECONDS):
                break
        return done

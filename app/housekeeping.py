"""What is done now and then beside deliveries: payloads and idempotency keys that are old enough go."""

from collections.abc import Callable
from datetime import datetime

import structlog

from app.rounds import Rounds
from app.store import Retention, Store
from app.store.emptying import AT_ONCE

log = structlog.get_logger()

_EVERY_SECONDS = 300.0
_BREATH_SECONDS = 0.05  # between two batches: whoever wants to write has their turn


class Housekeeping(Rounds):
    """Tidies every few minutes; see `Rounds`."""

    def __init__(
        self, store: Store, days: int, now: Callable[[], datetime], pause: Callable[[float], bool] | None = None
    ) -> None:
        super().__init__("housekeeping", self.tidy, _EVERY_SECONDS, pause)
        self._store, self._retention, self._now = store, Retention(store.database, days), now

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

"""The delivery process maps what was received: ahead of delivery, and no further at full speed."""

from collections.abc import Callable
from datetime import datetime

import structlog

from app.bridge import Bridge
from app.leisure import Leisure
from app.webhook import EventStatus, loggable

log = structlog.get_logger()

_AT_ONCE, _ON_SQLITE = 100, 25  # in one transaction: on SQLite it keeps acks waiting, some milliseconds then


class Mapper:
    """Maps batch by batch. ``leisure`` says whether the next one can wait."""

    def __init__(self, bridge: Bridge, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._bridge, self._now = bridge, now
        self._most = _ON_SQLITE if bridge.store.database.is_sqlite else _AT_ONCE
        self.leisure = Leisure(monotonic)

    def work(self) -> bool:
        """Map a batch, unless it can wait; True if there may be more. Raises `StoreUnavailableError`."""
        if self.leisure.rest:
            return False
        with self.leisure.batch():
            verdicts = self._bridge.store.received.map(self._bridge.map, self._now(), self._most)
        for verdict in verdicts:
            if verdict.status is not EventStatus.PENDING:
                log.info(verdict.status.value, source=verdict.source, event_id=loggable(verdict.event_id))
        return len(verdicts) == self._most

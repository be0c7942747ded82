"""Telling the operator that the database came from a backup, so that everybody is looked up first: decision 13."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from app.store import Database
from app.store.gaps import restored_since

if TYPE_CHECKING:
    from datetime import datetime

log = structlog.get_logger()

_LOOK_EVERY_SECONDS = 60.0
ENDS = "contact-bridge restored --over"


class RestoredWatch:
    """Logs a warning at the first look, and that it is over when it is. ``monotonic`` is in seconds."""

    def __init__(self, database: Database, monotonic: Callable[[], float]) -> None:
        self._database, self._monotonic = database, monotonic
        self._known: datetime | None = None
        self._look_at = monotonic()

    def tend(self) -> None:
        """Look, if it is time. Raises `StoreUnavailableError`."""
        now = self._monotonic()
        if now < self._look_at:
            return
        since = restored_since(self._database)
        if since and since != self._known:
            log.warning("restored: everybody is looked up first", since=since.isoformat(), until=ENDS)
        elif self._known and not since:
            log.info("restored no more: whoever is new is created at once")
        self._known, self._look_at = since, now + _LOOK_EVERY_SECONDS

"""Telling the operator of events that nobody works on, because their org or source is not configured any more."""

from collections.abc import Callable, Mapping

import structlog

from app.config.model import Config
from app.store import EventLog

log = structlog.get_logger()

_LOOK_EVERY_SECONDS = 60.0

Counts = Mapping[tuple[str, str], int]  # events by what is missing ("org" or "source") and its name


def stranded(config: Config, kept: EventLog) -> Counts:
    """Return how many events wait for what is not configured. Raises `StoreUnavailableError`."""
    return kept.stranded(list(config.orgs), [source.name for source in config.every_source()])


class Lookout:
    """Logs a warning at the first look and whenever it changes. ``monotonic`` is in seconds."""

    def __init__(self, kept: EventLog, monotonic: Callable[[], float]) -> None:
        self._kept, self._monotonic = kept, monotonic
        self._known: Counts = {}
        self._look_at = monotonic()

    def tend(self, config: Config) -> None:
        """Look, if it is time. Raises `StoreUnavailableError`."""
        now = self._monotonic()
        if now < self._look_at:
            return
        found = stranded(config, self._kept)
        for (what, name), count in found.items():
            if self._known.get((what, name)) != count:
                log.warning("events wait for what is not configured", missing=what, name=name, count=count)
        for what, name in self._known.keys() - found.keys():
            log.info("no event waits for it any more", missing=what, name=name)
        self._known, self._look_at = found, now + _LOOK_EVERY_SECONDS

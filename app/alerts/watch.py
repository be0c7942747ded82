"""The watch: every half minute it looks what is wrong, and tells what began, what grew and what is over."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from app.alerts.message import message
from app.alerts.telling import called, tell
from app.alerts.troubles import troubles
from app.config.model import Config
from app.errors import StoreUnavailableError
from app.rounds import Rounds
from app.store import Alert, Store

log = structlog.get_logger()

EVERY_SECONDS = 30.0
_TRIED = timedelta(hours=1)  # an address that takes nothing is let go of, if another has taken it
_PATIENCE_SECONDS = 2.0  # for a telling that is under way when the process is to stop: the next one tells it again


_News = tuple[str, str, datetime, datetime | None, datetime | None]  # what there is to tell, as long as it is the same


@dataclass
class _Telling:
    """Since when something is told, and who was told while others could not be."""

    began: datetime
    told: set[str] = field(default_factory=set)


class Watch(Rounds):
    """One of several processes looks and tells at a time; see `Rounds`."""

    def __init__(
        self, config: Config, store: Store, now: Callable[[], datetime], pause: Callable[[float], bool] | None = None
    ) -> None:
        super().__init__("alerts", self.look, EVERY_SECONDS, pause, _PATIENCE_SECONDS)
        self._config, self._store, self._now = config, store, now
        self._process = uuid.uuid4().hex
        self._tellings: dict[_News, _Telling] = {}

    def run(self) -> None:
        """Look every half minute until it is time to stop; then another process may look at once."""
        super().run()
        with suppress(StoreUnavailableError):
            self._store.alerts.leave(self._process)

    def look(self) -> None:
        """Look once, and tell what there is to tell. Raises `StoreUnavailableError`."""
        if not self._store.migrated:
            self._store.migrate()
        if not self._leads():
            return
        found = troubles(self._config, self._store, self._now())
        partly = {this[:2] for this, telling in self._tellings.items() if telling.told}
        news = {_news(alert): alert for alert in self._store.alerts.note(found, self._now(), partly)}
        episodes = {this[:3] for this in news}
        known = {this: telling for this, telling in self._tellings.items() if this[:3] in episodes}
        self._tellings = {this: _Telling(self._now()) for this in news} | known
        for this, alert in news.items():
            if not self._leads():
                return
            self._tell(alert, self._tellings[this])

    def _leads(self) -> bool:
        return self._store.alerts.lead(self._process, self._now())

    def _tell(self, alert: Alert, telling: _Telling) -> None:
        addresses, told = self._config.alerts.to, telling.told
        left = [address for address in addresses if address not in told]
        said = message(alert, self._config)
        for address, problem in zip(left, tell(left, said), strict=True):
            if problem:
                to = called(addresses.index(address), address)
                log.warning("alert not told", to=to, kind=alert.kind, subject=alert.subject, reason=problem)
            else:
                told.add(address)
        if told.issuperset(addresses) or (told and self._now() - telling.began > _TRIED):
            self._store.alerts.told(alert, self._now())
            log.info("alert told", kind=alert.kind, subject=alert.subject, state=said.state)


def _news(alert: Alert) -> _News:
    return alert.kind, alert.subject, alert.since, alert.told_at, alert.over_at

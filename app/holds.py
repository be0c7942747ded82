"""Whether an org's deliveries go on: outages, refused keys and the shared limit hold them, a probe frees them."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.errors import DownError, KeyRefusedError, RateLimitedError, TemporaryError, UnknownOutcomeError
from app.store import EVERYBODY, Hold, Settlement
from app.store.orgs import Orgs, OrgState

log = structlog.get_logger()

FAILURES_TO_HOLD = 5


class Holds:
    """Watches how deliveries end, and keeps each org's state in the store."""

    def __init__(self, orgs: Orgs, now: Callable[[], datetime]) -> None:
        self._orgs, self._now = orgs, now
        self._failures: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def heed(self, settlement: Settlement, *, probe: bool) -> Settlement:
        """Note how a delivery ended; return the settlement, unburned if the org is held because of it."""
        org, trouble = settlement.claim.org, settlement.trouble
        if isinstance(trouble, RateLimitedError):
            wait = timedelta(seconds=trouble.retry_after) if trouble.retry_after is not None else None
            self._hold(EVERYBODY, Hold.LIMITED, str(trouble), self._now() + wait if wait else None)
            return settlement
        if isinstance(trouble, KeyRefusedError):
            return self._put_back(settlement, self._hold(org, Hold.KEY_REFUSED, str(trouble)))
        if isinstance(trouble, DownError | UnknownOutcomeError):
            return self._failed(settlement, str(trouble), probe=probe)
        if isinstance(trouble, TemporaryError):
            return settlement
        self._went_well(org, probe=probe)
        return settlement

    def _failed(self, settlement: Settlement, reason: str, *, probe: bool) -> Settlement:
        org = settlement.claim.org
        with self._lock:
            self._failures[org] += 1
            tripped = probe or self._failures[org] == FAILURES_TO_HOLD
        if not tripped:
            return settlement
        return self._put_back(settlement, self._hold(org, Hold.DOWN, reason))

    def _put_back(self, settlement: Settlement, state: OrgState) -> Settlement:
        """The event is not to blame; it goes behind the others, so that the next probe is another one."""
        if settlement.due_at is None:
            return settlement
        return replace(settlement, burned=False, due_at=max(state.probe_at, settlement.claim.received_at))

    def _hold(self, org: str, hold: Hold, reason: str, until: datetime | None = None) -> OrgState:
        state = self._orgs.hold(org, hold, reason, self._now(), until=until)
        log.warning("deliveries held", org=org, why=hold.value, until=state.probe_at.isoformat())
        return state

    def _went_well(self, org: str, *, probe: bool) -> None:
        with self._lock:
            self._failures[org] = 0
        if probe and any([self._orgs.release(org), self._orgs.release(EVERYBODY)]):
            log.info("deliveries go on", org=org)

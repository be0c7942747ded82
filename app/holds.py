"""Whether an org's deliveries go on: outages, refused keys and the shared limit hold them, a probe frees them."""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.errors import DownError, KeyRefusedError, RateLimitedError, TemporaryError, UnknownOutcomeError, UpstreamError
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

    def heed(self, settlement: Settlement, probes: Collection[str] = ()) -> Settlement:
        """Note how a delivery ended; return the settlement, unburned if the org is held because of it.

        ``probes`` names the holds that were tried with it: of its org, of `EVERYBODY`.
        """
        org, trouble = settlement.claim.org, settlement.trouble
        if isinstance(trouble, RateLimitedError):
            self.everybody(trouble)
        elif isinstance(trouble, KeyRefusedError):
            return _put_back(settlement, self._hold(org, Hold.KEY_REFUSED, trouble))
        elif isinstance(trouble, DownError | UnknownOutcomeError):
            with self._lock:
                self._failures[org] += 1
                down = org in probes or self._failures[org] >= FAILURES_TO_HOLD
            return _put_back(settlement, self._hold(org, Hold.DOWN, trouble)) if down else settlement
        elif not settlement.attempt.exchanges:  # nothing was sent, so it was no probe
            if org in probes:
                self._orgs.return_probe(org, self._now())
        elif not isinstance(trouble, TemporaryError):
            self._went_well(settlement, probes)
        return settlement

    def everybody(self, trouble: RateLimitedError) -> None:
        """Hold all deliveries: the limit that everybody shares is used up."""
        self._hold(EVERYBODY, Hold.LIMITED, trouble)

    def _hold(self, org: str, hold: Hold, trouble: UpstreamError) -> OrgState:
        now = self._now()
        until = now + timedelta(seconds=trouble.retry_after) if trouble.retry_after else None
        state = self._orgs.hold(org, hold, str(trouble), now, until=until)
        log.warning("deliveries held", org=org, why=hold.value, until=state.probe_at.isoformat())
        return state

    def _went_well(self, settlement: Settlement, probes: Collection[str]) -> None:
        org, started_at = settlement.claim.org, settlement.attempt.started_at
        with self._lock:
            self._failures[org] = 0
        if not probes:
            return
        everybody = self._orgs.held().get(EVERYBODY)
        if everybody and everybody.probe_at <= started_at:  # else somebody was told to wait in the meantime
            self._orgs.release(EVERYBODY)
        if org in probes and self._orgs.release(org):
            log.info("deliveries go on", org=org)


def _put_back(settlement: Settlement, state: OrgState) -> Settlement:
    """The event is not to blame; it goes behind the others, so that the next probe is another one."""
    if settlement.due_at is None:
        return settlement
    due_at = max(state.probe_at, settlement.claim.received_at)
    return replace(settlement, burned=False, due_at=due_at)

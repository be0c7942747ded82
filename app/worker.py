"""What a thread of the delivery process does: one claim or one errand, to its end."""

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeVar

import structlog

from app import metrics, tracing
from app.bridge import Bridge
from app.clocking import Clocking
from app.errors import StoreUnavailableError
from app.forgetting import Forgetting
from app.holds import Holds
from app.resting import Resting
from app.store import Attempt, Claim, Errand, Fetched, Settlement
from app.upstream import Upstream
from app.webhook import EventStatus, loggable

log = structlog.get_logger()

_LOOK_AGAIN_SECONDS = 1.0

Written = TypeVar("Written")


class Worker:
    """Shared by all threads. ``stopping`` is set when the process is to end."""

    def __init__(self, bridge: Bridge, upstream: Upstream, resting: Resting, stopping: threading.Event) -> None:
        self.bridge, self.store, self.now = bridge, bridge.store, bridge.now
        self.upstream, self.resting = upstream, resting
        self.holds = Holds(self.store.orgs, self.now)
        self.forgetting = Forgetting(bridge, self.now)
        self.clocking = Clocking()
        self._stopping = stopping

    def deliver(self, claim: Claim, tried: Collection[str]) -> None:
        """Deliver and settle; ``tried`` names the holds that this delivery is a probe for."""
        try:
            with tracing.event("deliver", claim.source, claim.event_id):
                self._settle(self._delivered(claim, tried))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the person must not stay leased for good
            if isinstance(error, StoreUnavailableError):
                log.warning("could not settle", source=claim.source, event_id=loggable(claim.event_id))
            else:
                self._bug(claim.source, claim.event_id, error)
            self.resting.lay({claim.person.id: claim.owner})

    def _delivered(self, claim: Claim, tried: Collection[str]) -> Settlement:
        try:
            return self.holds.heed(self.bridge.deliver(claim, self.upstream), tried)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 -- a bug of ours must neither lose the event nor stop the process
            attempt = self._bug(claim.source, claim.event_id, error)
            unsure = replace(claim.person, uncertain=True)
            return Settlement(claim, EventStatus.FAILED, unsure, attempt, attempt.message)

    def fetch(self, errand: Errand) -> None:
        """Fetch the person of a thin event, and settle."""
        event = errand.event
        try:
            if self.forgetting.clear(errand):
                return
            with tracing.event("fetch", event.source, event.event_id):
                fetched = self.bridge.fetch(errand, self.upstream)
        except StoreUnavailableError:  # it is due again when its lease ends
            log.warning("could not settle", source=event.source, event_id=loggable(event.event_id))
            return
        except Exception as error:  # noqa: BLE001 -- as in _deliver
            attempt = self._bug(event.source, event.event_id, error)
            fetched = Fetched(errand, attempt, reason=attempt.message)
        self.persist(lambda: self.store.fetches.settle(fetched))
        outcome, ms = fetched.attempt.outcome, fetched.attempt.duration_ms
        metrics.attempts.labels(errand.org, outcome).inc()
        log.info("fetch", source=event.source, event_id=loggable(event.event_id), outcome=outcome, ms=ms)

    def _settle(self, settlement: Settlement) -> None:
        by = self.forgetting if settlement.erases else self.store.claims
        mine = self.persist(lambda: by.settle(settlement))
        if mine and settlement.rest:
            self.resting.lay({settlement.person.id: settlement.claim.owner}, settlement.rest)
        self._report(settlement, mine=mine)

    def persist(self, write: Callable[[], Written]) -> Written:
        """Write until it is written, or the process stops. Raises `StoreUnavailableError` then."""
        while True:
            try:
                return write()
            except StoreUnavailableError:
                if self._stopping.wait(_LOOK_AGAIN_SECONDS):
                    raise

    def _bug(self, source: str, event_id: str, error: Exception) -> Attempt:
        kind = type(error).__name__
        log.error("bug", error=kind, source=source, event_id=loggable(event_id))
        return Attempt(self.now(), 0, "bug", f"an error in the bridge itself: {kind}")

    def _report(self, settlement: Settlement, *, mine: bool) -> None:
        claim, attempt = settlement.claim, settlement.attempt
        metrics.attempts.labels(claim.org, attempt.outcome).inc()
        if settlement.status is EventStatus.DELIVERED:
            began = self.clocking.began(claim)
            metrics.delivery_seconds.observe(max(0.0, (self.now() - began).total_seconds()))
        which = {"source": claim.source, "event_id": loggable(claim.event_id), "status": settlement.status.value}
        tracing.note("contact_bridge.outcome", attempt.outcome)
        what = "attempt" if mine else "attempt after its lease"
        log.info(what, **which, outcome=attempt.outcome, ms=attempt.duration_ms)

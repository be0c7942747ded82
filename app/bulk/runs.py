"""When people are created in bulk: whenever an org that allows it has more waiting than the rate limit clears in a
minute. Everybody else's events go their ordinary way meanwhile."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app import metrics, tracing
from app.bulk.batch import Batch, Outcome
from app.bulk.folding import Wish
from app.bulk.queue import FEWEST, Queue
from app.bulk.throttle import Throttle
from app.errors import RateLimitedError, StoreUnavailableError, UnknownOutcomeError
from app.pace import Pace
from app.store import EVERYBODY, Claim
from app.store.newcomers import AT_ONCE
from app.webhook import EventStatus
from app.worker import Worker

log = structlog.get_logger()

_QUICK_SECONDS = 1.0
_GATHERING = timedelta(seconds=1)  # when everybody has gone out who was there: until more have come together
_IDLE = timedelta(seconds=5)  # when whoever waits has to go alone
_AFTER_A_BUG = timedelta(minutes=1)


class Bulk:
    """One for a delivery process. ``monotonic`` is in seconds."""

    def __init__(self, worker: Worker, pace: Pace, monotonic: Callable[[], float] = time.monotonic) -> None:
        bridge = worker.bridge
        self._worker, self._bridge, self._pace, self._monotonic = worker, bridge, pace, monotonic
        self._store, settings = bridge.store, bridge.config.upstream
        self.orgs = [org.name for org in bridge.config.orgs.values() if org.bulk]
        self._limit = settings.rate_limit
        quick = min(_QUICK_SECONDS, settings.read_timeout / 4)
        self._throttles = {org: Throttle(quick) for org in self.orgs}
        self._queues = {org: Queue(org, bridge, worker.upstream, monotonic) for org in self.orgs}
        self._off_until = dict.fromkeys(self.orgs, monotonic())
        self._running = set[str]()
        self.busy = set[str]()  # orgs of which many wait, that are run again and again

    def due(self, orgs: Collection[str], now: datetime, without: Collection[str]) -> list[str]:
        """Return those of ``orgs`` that are to be `run` now, in a thread each; ``without`` names sources that wait.

        Once it has begun, it goes on until next to nobody is left.
        """
        held = self._store.orgs.held() if self.orgs else {}
        able = {org for org in self.orgs if org in orgs and not {org, EVERYBODY} & held.keys()}
        self.busy &= able | self._running
        ready = [org for org in able - self._running if self._off_until[org] <= self._monotonic()]
        found = [org for org in ready if self._many(org, now, without)]
        self._running.update(found)
        self.busy.update(found)
        self._pace.kept = self._limit // 2 if self.busy else 0
        return found

    def _many(self, org: str, now: datetime, without: Collection[str]) -> bool:
        enough = FEWEST if org in self.busy else self._limit + 1
        elsewhere = [source.name for source in self._bridge.config.every_source() if source.org != org]
        many = self._store.newcomers.waiting(org, now, enough, [*elsewhere, *without]) == enough
        self.busy.discard(org)
        return many

    def run(self, org: str, without: Collection[str]) -> None:
        """Create as many people of an org as are found now and fit into a call, or a call for each segment."""
        pause = _AFTER_A_BUG
        try:
            pause = self._run(org, without)
        except StoreUnavailableError:
            log.warning("could not create in bulk", org=org, reason="store unavailable")
            pause = _GATHERING
        except Exception as error:  # noqa: BLE001 -- a bug of ours must not stop the ordinary way
            _note(org, error)
        finally:
            self._off_until[org] = self._monotonic() + pause.total_seconds()
            if pause > _GATHERING:
                self.busy.discard(org)
            self._running.discard(org)

    def _run(self, org: str, without: Collection[str]) -> timedelta:
        """Return how long there should be no other run."""
        queue, throttle, sent = self._queues[org], self._throttles[org], False
        for group in queue.groups(throttle, without):
            if (outcome := self._batch(group)) is None:
                continue
            sent = True
            if outcome.trouble or outcome.back:
                queue.rewind()
            if pause := throttle.heed(outcome):
                status = outcome.trouble.status if outcome.trouble else None
                minutes = round(pause.total_seconds() / 60)
                log.warning("no more in bulk for now", org=org, minutes=minutes, status=status, people=len(group))
                return pause
        if not queue.ended:
            return timedelta()
        return _GATHERING if sent else _IDLE

    def _batch(self, wishes: list[Wish]) -> Outcome | None:
        """Lease, create and settle; None if too few were left. Whoever is not settled in the end has to rest."""
        leased = {claim.row: claim for claim in self._store.newcomers.lease([wish.claim for wish in wishes])}
        unsettled = {claim.person.id: claim.owner for claim in leased.values()}
        try:
            if len(leased) < FEWEST:
                self._give_back(list(leased.values()), unsettled)
                return None
            wishes = [replace(wish, claim=leased[wish.claim.row]) for wish in wishes if wish.claim.row in leased]
            owner = wishes[0].claim.owner
            batch = Batch(
                self._bridge, self._worker.upstream, wishes, self._pace.ahead, lambda: self._store.life.holds(owner)
            )
            outcome = batch.run()
            self._settle(outcome, unsettled)
            self._give_back(outcome.back, unsettled)
            self._report(wishes[0].claim.org, len(wishes), outcome)
        finally:
            if unsettled:
                self._worker.resting.lay(unsettled)
        return outcome

    def _settle(self, outcome: Outcome, unsettled: dict[int, str]) -> None:
        """Write down how everybody ended, and take them from ``unsettled``."""
        for start in range(0, len(outcome.settlements), AT_ONCE):
            some = outcome.settlements[start : start + AT_ONCE]
            mine = self._worker.persist(lambda: self._store.newcomers.settle(some))  # noqa: B023 -- called at once
            for settlement, is_mine in zip(some, mine, strict=True):
                owner = unsettled.pop(settlement.person.id)
                if is_mine and settlement.rest:
                    self._worker.resting.lay({settlement.person.id: owner}, settlement.rest)

    def _give_back(self, claims: Sequence[Claim], unsettled: dict[int, str]) -> None:
        self._worker.persist(lambda: self._store.newcomers.give_back(claims))
        for claim in claims:
            del unsettled[claim.person.id]

    def _report(self, org: str, people: int, outcome: Outcome) -> None:
        """Tell the holds, the metrics and the log; no person is named."""
        if isinstance(outcome.trouble, RateLimitedError):
            self._worker.holds.everybody(outcome.trouble)
        elif isinstance(outcome.trouble, UnknownOutcomeError):
            self._worker.holds.heed(outcome.settlements[-1])
        now = self._bridge.now()
        for settlement in outcome.settlements:
            if settlement.status is EventStatus.DELIVERED:
                waited = (now - self._worker.clocking.began(settlement.claim)).total_seconds()
                metrics.delivery_seconds.observe(max(0.0, waited))
            claim, attempt = settlement.claim, settlement.attempt
            tracing.delivered(claim.source, claim.event_id, attempt.outcome, attempt.duration_ms / 1000)
        ends = Counter(settlement.attempt.outcome for settlement in outcome.settlements)
        for name, count in ends.items():
            metrics.attempts.labels(org, name).inc(count)
            metrics.bulk_people.labels(org, name).inc(count)
        told = {name.replace(" ", "_"): count for name, count in ends.items()}
        ms = round(outcome.seconds * 1000)
        log.info("bulk create", org=org, people=people, **told, not_sent=len(outcome.back), ms=ms)


def _note(org: str, error: Exception) -> None:
    log.error("bug", error=type(error).__name__, org=org)

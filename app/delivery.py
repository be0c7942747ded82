"""The delivery process: map what was received, claim what is due, deliver many at a time, settle."""

import contextlib
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog

from app.bridge import Bridge
from app.bulk import Bulk
from app.errors import StoreUnavailableError
from app.mapper import Mapper
from app.pace import Pace
from app.presence import Presence
from app.resting import Resting
from app.restored import RestoredWatch
from app.store import EVERYBODY, OrgState, RateLimit
from app.stranded import Lookout
from app.upstream import Upstream
from app.worker import Worker

log = structlog.get_logger()

_LONGEST_NAP_SECONDS = 1.0
_BREATH_SECONDS = 0.02  # while most threads are busy: a claim is a commit, so that whoever is due is claimed together


class Delivery:
    """The loop. `run` returns after `stop`, when every request in flight has finished and is settled."""

    def __init__(
        self, bridge: Bridge, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.bridge, self.store, self.now = bridge, bridge.store, now
        settings = bridge.config.upstream
        self.pace = Pace(RateLimit(self.store.database, settings.rate_limit), now)
        self.upstream = Upstream(settings, now, self.pace)
        self.resting = Resting(self.store.claims, self.upstream.longest + self.store.life.trusted_for, monotonic)
        self.mapper = Mapper(bridge, now, monotonic)
        self._lookout = Lookout(self.store.log, monotonic)
        self._restored = RestoredWatch(self.store.database, monotonic)
        self._presence = Presence(bridge)
        self._stopping = threading.Event()
        self.worker = Worker(bridge, self.upstream, self.resting, self._stopping)
        self.bulk = Bulk(self.worker, self.pace, monotonic)
        # Whoever is claimed waits for a token: no more than a quarter of a minute's tokens.
        self._most = max(1, min(settings.concurrency, settings.rate_limit // 4))
        self._fewer = min(4, self._most)  # while others go out in bulk, which needs the processor and its own thread
        self._fetchers = (self._most + 1) // 2  # a sender's API that hangs must not take every thread
        self._pool = ThreadPoolExecutor(self._most, thread_name_prefix="deliver")
        # Threads of their own: the others may all wait for tokens, and each that ever ran one would keep its memory.
        self._bulk_pool = ThreadPoolExecutor(max(1, len(self.bulk.orgs)), thread_name_prefix="bulk")
        self._in_flight, self._fetching, self._lock = 0, 0, threading.Lock()
        self._orgs, self._paused = list[str](), frozenset[str]()  # orgs that are not paused, and sources that are
        self._open = list[str]()  # orgs that are neither paused nor held

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping.is_set():
            try:
                if not self.work():
                    self.store.bell.wait(self._nap())
            except StoreUnavailableError as error:
                log.warning("store unavailable", reason=str(error))
                self._stopping.wait(_LONGEST_NAP_SECONDS)
        with contextlib.suppress(StoreUnavailableError):
            self._presence.end()
        self.pace.close()
        for pool in (self._pool, self._bulk_pool):
            pool.shutdown(wait=True)
        self.upstream.close()

    def stop(self) -> None:
        """Take nothing new; safe to call from a signal handler."""
        self._stopping.set()
        self.store.bell.ring()

    def work(self) -> bool:
        """Do what can be done now; True if there may be more at once."""
        if self._in_flight * 2 > self._most:
            self._stopping.wait(_BREATH_SECONDS)
        elif not self._open:
            self._stopping.wait(self.mapper.leisure.rest)
        if not self.store.migrated:
            self.store.migrate()
        self._presence.tend()
        self._orgs, self._paused = self.store.pauses.heed(self.bridge.config.orgs)
        orgs = [("org", org) for org in self.bridge.config.orgs if org not in self._orgs]
        self.worker.clocking.watch([*orgs, *(("source", source) for source in self._paused)], self.now())
        self.resting.tend()
        self._lookout.tend(self.bridge.config)
        self._restored.tend()
        rested, mapped, fetching = self.mapper.leisure.rest > 0, self.mapper.work(), self._fetch()
        for org in self.bulk.due(self._orgs, self.now(), self._paused):
            self._start(self._bulk_pool, self.bulk.run, org, self._paused)
        claimed = self._claim()
        return claimed or mapped or fetching or (rested and self.mapper.leisure.hurry)

    def _fetch(self) -> bool:
        free = min(self._most - self._in_flight, self._fetchers - self._fetching)
        if free <= 0:
            return False
        errands = self.store.fetches.take(self.now(), free, self._orgs, self._paused)
        for errand in errands:
            self._start(self._pool, self.worker.fetch, errand)
        return bool(errands)

    def _claim(self) -> bool:
        now, held = self.now(), self.store.orgs.held()
        limited = held.get(EVERYBODY)
        waits = limited is not None and limited.probe_at > now
        self._open = [] if waits else [org for org in self._orgs if org not in held]
        free = (self._fewer if self.bulk.busy else self._most) - self._in_flight
        self.mapper.leisure.hurry = bool(self.bulk.orgs)
        if waits or free <= 0:
            return False
        tried = {EVERYBODY} if limited else set[str]()
        claims = self.store.claims.claim(now, free, self._open, self._paused) if self._open else []
        self.mapper.leisure.hurry |= bool(self._open) and len(claims) < free  # else there is enough to do already
        for claim in claims:
            self._start(self._pool, self.worker.deliver, claim, tried)
        for state in held.values():
            if state.org in self._orgs and state.probe_at <= now:
                self._probe(state, now, {state.org, *tried})
        return bool(claims)

    def _probe(self, state: OrgState, now: datetime, tried: Collection[str]) -> None:
        """Let one event of a held org try, if one is due and no other process tries already."""
        due = self.store.claims.next_due([state.org], self._paused)
        if not (due and due <= now and self.store.orgs.probe(state, now)):
            return
        claims = self.store.claims.claim(now, 1, [state.org], self._paused)
        for claim in claims:
            self._start(self._pool, self.worker.deliver, claim, tried)
        if not claims:  # whoever is due is being worked on
            self.store.orgs.return_probe(state.org, now)

    def _nap(self) -> float:
        if self._in_flight >= self._most:  # whoever has finished will ring
            return _LONGEST_NAP_SECONDS
        held = self.store.orgs.held()
        due = self.store.claims.next_due([org for org in self._orgs if org not in held], self._paused)
        wait = (due - self.now()).total_seconds() if due else _LONGEST_NAP_SECONDS
        busy = wait <= 0 or EVERYBODY in held  # whatever is due waits for something else, which will ring
        return _LONGEST_NAP_SECONDS / 4 if busy else min(_LONGEST_NAP_SECONDS, wait)

    def _start(self, pool: ThreadPoolExecutor, task: Callable[..., None], *args: object) -> None:
        with self._lock:
            self._in_flight += 1
            self._fetching += task == self.worker.fetch
        pool.submit(self._finish, task, *args)

    def _finish(self, task: Callable[..., None], *args: object) -> None:
        try:
            task(*args)
        finally:
            with self._lock:
                self._in_flight -= 1
                self._fetching -= task == self.worker.fetch
            self.store.bell.ring()

"""What one operation on a store takes, in this process: of several stores in turns."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from app import utc_now
from app.store import Attempt, Claim, Filter, Settlement, Store
from app.webhook import EventStatus
from tests.bench.bridges import ORG
from tests.bench.stored import email

AT_ONCE = 16
CLAIM, SETTLE, LOOK_UP, COUNT = f"claim of {AT_ONCE}", "settling one", "look-up by e-mail", "counts()"

Result = TypeVar("Result")
Times = dict[tuple[str, str], list[float]]  # seconds, by operation and store


def timed(urls: Mapping[str, str], rounds: int) -> Times:
    """Time every operation on every store. Each has ``rounds`` times `AT_ONCE` events that are due, and a person 1."""
    stores = {name: Store(url) for name, url in urls.items()}
    found = Times()
    try:
        for store in stores.values():
            _claims(store)  # the first opens connections
        for _ in range(rounds):
            for name, store in stores.items():
                for operation, seconds in _once(store).items():
                    found.setdefault((operation, name), []).append(seconds)
    finally:
        for store in stores.values():
            store.close()
    return found


def _once(store: Store) -> dict[str, float]:
    claiming, claims = _seconds(lambda: _claims(store))
    settling, _ = _seconds(lambda: [store.claims.settle(_delivered(claim)) for claim in claims])
    looking, events = _seconds(lambda: store.log.events(Filter(person=email(1))))
    counting, _ = _seconds(store.log.counts)
    assert len(claims) == AT_ONCE
    assert events
    return {CLAIM: claiming, SETTLE: settling / AT_ONCE, LOOK_UP: looking, COUNT: counting}


def _claims(store: Store) -> list[Claim]:
    return store.claims.claim(utc_now(), AT_ONCE, [ORG])


def _delivered(claim: Claim) -> Settlement:
    known = replace(claim.person, contact_id=f"contact_{claim.row}", sent=claim.person.identities)
    return Settlement(claim, EventStatus.DELIVERED, known, Attempt(utc_now(), 100, "created"))


def _seconds(operation: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = operation()
    return time.perf_counter() - started, result

"""How a delivery ended: from what was done, or from the error that stopped it, to a settlement."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from app.delivering import Delivering
from app.errors import (
    ConflictError,
    KeyRefusedError,
    PermanentError,
    PutOffError,
    RateLimitedError,
    UnknownOutcomeError,
    UpstreamError,
)
from app.retries import GIVE_UP_AFTER, exhausted, pause
from app.store.work import Attempt, Settlement
from app.webhook import EventStatus


def settle(delivering: Delivering, now: Callable[[], datetime]) -> Settlement:
    """Run a delivery to its end and say how it ended; ``trouble`` is the error that stopped it."""
    started_at, clock = now(), time.monotonic()
    ignored: str | None = None
    trouble: UpstreamError | None = None
    try:
        ignored = delivering.run()
    except UpstreamError as error:
        trouble = error
    attempt = Attempt(
        started_at=started_at,
        duration_ms=round((time.monotonic() - clock) * 1000),
        outcome=_outcome(trouble, ignored),
        message=str(trouble) if trouble else None,
        exchanges=delivering.api.exchanges,
    )
    settlement = Settlement(
        claim=delivering.claim,
        status=EventStatus.IGNORED if ignored else EventStatus.DELIVERED,
        person=delivering.person,
        attempt=attempt,
        reason=ignored or ", ".join(delivering.done) or "nothing new",
        notes=delivering.notes,
        erases=delivering.erases and trouble is None,
    )
    if trouble:
        settlement = _troubled(settlement, trouble, now(), delivering.api.upstream.patience)
    return _known(settlement)


def _known(settlement: Settlement) -> Settlement:
    """Of somebody who is certainly nobody's contact, nothing was sent."""
    person = settlement.person
    certain = person.contact_id or person.uncertain
    return settlement if certain else replace(settlement, person=replace(person, sent=frozenset()))


def _outcome(trouble: UpstreamError | None, ignored: str | None) -> str:
    if trouble is None:
        return "ignored" if ignored else "delivered"
    words = {
        UnknownOutcomeError: "unknown",
        RateLimitedError: "limited",
        KeyRefusedError: "key refused",
        PutOffError: "put off",
        PermanentError: "permanent",
        ConflictError: "permanent",
    }
    return words.get(type(trouble), "temporary")


def _troubled(settlement: Settlement, trouble: UpstreamError, now: datetime, patience: timedelta) -> Settlement:
    """``patience`` is how long an answer was waited for; what is late by no more than that again is not done twice."""
    if isinstance(trouble, PermanentError | ConflictError):
        return replace(settlement, status=EventStatus.FAILED, reason=str(trouble), trouble=trouble)
    if isinstance(trouble, UnknownOutcomeError):
        person = replace(settlement.person, uncertain=True)
        settlement = replace(settlement, person=person, rest=patience)
    settlement = replace(settlement, status=EventStatus.PENDING, reason=str(trouble), trouble=trouble)
    if isinstance(trouble, RateLimitedError | KeyRefusedError | PutOffError):  # this event is not to blame
        return replace(settlement, due_at=now, burned=False)
    tries = settlement.claim.attempts + 1
    if exhausted(settlement.claim.first_attempt_at, now):
        reason = f"gave up after {tries} tries in {GIVE_UP_AFTER.days} days: {trouble}"
        return replace(settlement, status=EventStatus.FAILED, reason=reason)
    wait = max(pause(tries), timedelta(seconds=trouble.retry_after or 0))
    return replace(settlement, due_at=now + max(wait, settlement.rest or wait))

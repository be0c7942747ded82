"""When to try again, and when to stop trying."""

import random
from datetime import datetime, timedelta

SCHEDULE = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1_800, 7_200))  # then every 6 hours
EVERY = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)


def pause(attempts: int, *, chance: float | None = None) -> timedelta:
    """Return how long to wait after the ``attempts``-th try (from 1): full jitter, anything up to the schedule's step.

    ``chance`` is between 0 and 1, random if it is left out.
    """
    step = SCHEDULE[attempts - 1] if attempts <= len(SCHEDULE) else EVERY
    return step * (random.random() if chance is None else chance)  # noqa: S311 -- spreads load, guards nothing


def exhausted(first_attempt_at: datetime | None, now: datetime) -> bool:
    """True when the first try lies so far back that a human should look."""
    return first_attempt_at is not None and now - first_attempt_at >= GIVE_UP_AFTER

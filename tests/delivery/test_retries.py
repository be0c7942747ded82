"""When to try again."""

from datetime import timedelta

import pytest

from app.retries import EVERY, GIVE_UP_AFTER, SCHEDULE, exhausted, pause


def test_its_steps_are_the_documented_ones() -> None:
    seconds = [pause(tries, chance=1.0).total_seconds() for tries in range(1, 10)]

    assert seconds == [5, 30, 120, 600, 1800, 7200, 21600, 21600, 21600]


@pytest.mark.parametrize("tries", [1, 3, 50])
def test_its_jitter_is_full(tries: int) -> None:
    step = SCHEDULE[tries - 1] if tries <= len(SCHEDULE) else EVERY
    pauses = [pause(tries) for _ in range(400)]

    assert pause(tries, chance=0.0) == timedelta()
    assert all(timedelta() <= each <= step for each in pauses)
    assert min(pauses) < step * 0.1 < step * 0.9 < max(pauses)


def test_it_gives_up_after_three_days_and_not_before(clock) -> None:
    first = clock()

    assert timedelta(days=3) <= GIVE_UP_AFTER
    assert not exhausted(None, first)
    assert not exhausted(first, first + GIVE_UP_AFTER - timedelta(seconds=1))
    assert exhausted(first, first + GIVE_UP_AFTER)

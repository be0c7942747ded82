"""The rate limit: in no sixty seconds are there more requests than allowed, whoever makes them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from threading import Lock

import pytest
from store_events import NOW, together

from app.store import RateLimit, Store
from app.store.rate import GRACE, WINDOW

SECOND = timedelta(seconds=1)


def most_used(used: list[datetime]) -> int:
    """Return the most requests in any 60 seconds."""
    used = sorted(used)
    return max((sum(start <= moment < start + WINDOW for moment in used) for start in used), default=0)


def test_it_grants_the_whole_limit_and_no_more(store: Store) -> None:
    limit = RateLimit(store.database, 5)

    assert limit.take(3, NOW) == (3, NOW)
    assert limit.take(3, NOW + SECOND) == (2, NOW + WINDOW + GRACE)
    assert limit.take(1, NOW + 2 * SECOND) == (0, NOW + WINDOW + GRACE)


def test_it_grants_again_when_the_oldest_token_was_surely_used(store: Store) -> None:
    limit = RateLimit(store.database, 5)
    limit.take(2, NOW)
    _, more_at = limit.take(5, NOW + 10 * SECOND)

    assert limit.take(5, more_at - timedelta(microseconds=1))[0] == 0
    assert limit.take(5, more_at) == (2, NOW + 10 * SECOND + WINDOW + GRACE)


def test_it_says_when_to_ask_again_whatever_is_wanted(store: Store) -> None:
    assert RateLimit(store.database, 5).take(9, NOW) == (5, NOW + WINDOW + GRACE)


def test_it_shares_the_limit_among_processes(store: Store, another) -> None:
    one, two = RateLimit(another().database, 5), RateLimit(another().database, 5)
    one.take(4, NOW)

    assert two.take(4, NOW)[0] == 1


def test_it_grants_no_more_than_the_limit_when_all_ask_at_once(another) -> None:
    limits = [RateLimit(another().database, 20) for _ in range(4)]

    granted = together(8, lambda place: sum(limits[place % 4].take(3, NOW)[0] for _ in range(4)))

    assert sum(granted) == 20


def test_it_counts_what_a_slower_clock_must_not_forget(store: Store) -> None:
    """A process that read its clock, and then waited for its turn, asks about an earlier moment."""
    limit = RateLimit(store.database, 5)
    limit.take(5, NOW)

    limit.take(1, NOW + WINDOW + GRACE)

    assert limit.take(5, NOW + WINDOW - SECOND)[0] == 0


def test_it_forgets_old_grants(store: Store) -> None:
    limit = RateLimit(store.database, 5)
    for minutes in range(9):
        limit.take(1, NOW + timedelta(minutes=minutes))

    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM rate_grants").scalar() < 5


def spender(limit: RateLimit, chance: Random, used: list[datetime], lock: Lock) -> Callable[[datetime], None]:
    """Someone who uses each token at once or as late as is allowed."""

    def spend(now: datetime) -> None:
        granted, _ = limit.take(chance.randint(1, 12), now)
        with lock:
            used.extend(now + chance.choice((0, 0.5, 1)) * GRACE for _ in range(granted))

    return spend


@pytest.mark.parametrize("seed", range(4))
def test_it_keeps_the_limit_in_every_window(another, seed: int) -> None:
    """Processes with clocks that differ a little ask at random moments for ten minutes."""
    chance, used, lock = Random(seed), [], Lock()
    spenders = [spender(RateLimit(another().database, 20), chance, used, lock) for _ in range(3)]
    now = NOW

    while now < NOW + timedelta(minutes=10):
        now += chance.choice((0.01, 0.5, 3, 20)) * SECOND
        chance.choice(spenders)(now - chance.choice((0, 0, 2)) * SECOND)

    assert most_used(used) <= 20
    assert len(used) >= 20 * 8  # and the limit is used


def test_it_keeps_the_limit_in_every_window_among_threads(another) -> None:
    used, lock = [], Lock()
    spenders = [spender(RateLimit(another().database, 10), Random(place), used, lock) for place in range(4)]

    def work(place: int) -> None:
        for second in range(0, 240, 8):
            spenders[place](NOW + (second + place) * SECOND)

    together(4, work)

    assert most_used(used) <= 10


def test_a_clock_that_was_set_back_does_not_stop_it_for_long(store: Store) -> None:
    limit = RateLimit(store.database, 10)
    limit.take(10, NOW + timedelta(hours=1))

    none, more_at = limit.take(10, NOW)
    again, _ = limit.take(10, more_at + SECOND)

    assert none == 0
    assert again == 10

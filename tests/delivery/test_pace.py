"""A token per request, from a limit that every process shares."""

import threading
import time
from contextlib import closing, suppress
from datetime import datetime, timedelta

import pytest
from delivery_kit import Rig, config, wait_for

from app.errors import PutOffError
from app.pace import Pace
from app.store import RateLimit, Store


def test_it_lets_no_more_through_than_the_limit(local_store: Store, clock) -> None:
    pace = Pace(RateLimit(local_store.database, 5), clock)
    passed: list[object] = []
    threads = [threading.Thread(target=lambda: passed.append(pace())) for _ in range(8)]

    for thread in threads:
        thread.start()
    wait_for(lambda: len(passed) == 5)
    threads[0].join(0.2)
    first = len(passed)
    clock.advance(seconds=61)

    for thread in threads:
        thread.join(5)
    assert first == 5
    assert len(passed) == 8


def test_one_asks_for_all_who_wait(local_store: Store, clock) -> None:
    """Each time is a transaction, and sixty threads may wait in each of several processes."""
    asked: list[int] = []

    class Counted(RateLimit):
        def take(self, count: int, now: datetime, kept: int = 0) -> tuple[int, datetime]:
            asked.append(count)
            return super().take(count, now, kept)

    def wait() -> None:
        with suppress(PutOffError):
            pace()

    with closing(Pace(Counted(local_store.database, 1), clock)) as pace:
        pace()
        began, before = time.monotonic(), len(asked)
        for _ in range(16):
            threading.Thread(target=wait).start()
        wait_for(lambda: pace._waiting == 16 and len(asked) >= before + 2)
        times, most = len(asked) - before, 3 + (time.monotonic() - began) / 0.5

    assert times <= most


def test_two_processes_share_the_limit(local_store: Store, clock) -> None:
    other = Store(str(local_store.database.engine.url))
    paces = [Pace(RateLimit(store.database, 4), clock) for store in (local_store, other)]
    passed: list[object] = []

    def ask(pace: Pace) -> None:
        for _ in range(4):
            try:
                passed.append(pace())
            except PutOffError:
                return

    threads = [threading.Thread(target=ask, args=(pace,)) for pace in paces]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(passed) == 4)
    threads[0].join(0.2)

    assert len(passed) == 4
    for pace in paces:
        pace.close()
    for thread in threads:
        thread.join(5)
    other.close()


def test_a_token_that_was_kept_too_long_is_not_used(local_store: Store, clock) -> None:
    limit = RateLimit(local_store.database, 2)
    pace = Pace(limit, clock)
    pace._tokens, pace._granted_at = 1, clock() - timedelta(seconds=2)

    pace()

    assert limit.take(2, clock())[0] == 1


def test_who_waits_is_sent_away_when_it_closes(local_store: Store, clock) -> None:
    pace = Pace(RateLimit(local_store.database, 1), clock)
    pace()
    raised: list[Exception] = []

    def wait() -> None:
        with pytest.raises(PutOffError) as caught:
            pace()
        raised.append(caught.value)

    thread = threading.Thread(target=wait)
    thread.start()
    wait_for(lambda: pace._waiting)
    pace.close()
    thread.join(5)

    assert [str(error) for error in raised] == ["put off: the process stops"]


def test_without_a_store_nothing_goes_out_and_nobody_is_to_blame(local_store: Store, clock) -> None:
    pace = Pace(RateLimit(local_store.database, 1), clock)
    with local_store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE rate_grants RENAME TO gone")

    with pytest.raises(PutOffError, match="the store is not available"):
        pace()


def test_waiting_for_a_token_is_not_an_attempt(local_store: Store, sandbox, clock) -> None:
    rig = Rig(local_store, sandbox, clock, config(sandbox.url, "rate_limit = 1"))
    rig.add(email="ada@example.com", name="Ada Example", consent=False)  # a create and a change: two tokens
    rig.delivery.work()
    wait_for(lambda: rig.delivery.pace._waiting and len(rig.sandbox.requests.all()) == 1)

    clock.advance(seconds=61)
    wait_for(lambda: not rig.delivery._in_flight)

    assert rig.event("e1")["status"] == "delivered"
    assert rig.event("e1")["attempts"] == 1
    assert rig.calls() == ["POST contacts", f"PATCH contacts/{rig.contacts()[0]['id']}"]
    rig.close()


def test_who_waits_for_a_token_keeps_the_person_however_long_it_takes(local_store: Store, sandbox, clock) -> None:
    rig = Rig(local_store, sandbox, clock, config(sandbox.url, "rate_limit = 1"))
    rig.add(email="ada@example.com", consent=False)
    rig.delivery.work()
    wait_for(lambda: rig.delivery.pace._waiting and len(rig.sandbox.requests.all()) == 1)

    clock.advance(days=1)
    wait_for(lambda: not rig.delivery._in_flight)

    assert [attempt["outcome"] for attempt in rig.attempts("e1")] == ["delivered"]
    assert rig.contacts()[0]["unsubscribed"]
    rig.close()


def test_whoever_waits_is_counted_while_another_one_asks(local_store: Store, clock) -> None:
    wanted: list[int] = []

    class SlowLimit(RateLimit):
        def take(self, count: int, now: datetime, kept: int = 0) -> tuple[int, datetime]:
            wanted.append(count)
            wait_for(lambda: pace._waiting == 8 or len(wanted) > 1)
            return super().take(count, now, kept)

    pace = Pace(SlowLimit(local_store.database, 100), clock)
    threads = [threading.Thread(target=pace) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(wanted) <= 2  # one for whoever came first, and one for all who came meanwhile


def test_where_much_is_allowed_a_moment_of_it_is_asked_for_at_once(local_store: Store, clock) -> None:
    asked: list[int] = []

    class Counted(RateLimit):
        def take(self, count: int, now: datetime, kept: int = 0) -> tuple[int, datetime]:
            asked.append(count)
            return super().take(count, now, kept)

    pace = Pace(Counted(local_store.database, 60_000), clock)
    for _ in range(100):
        pace()

    assert asked == [100]


def test_where_the_database_is_slow_a_grant_counts_from_when_it_can_be_used(local_store: Store, clock) -> None:
    taken: list[tuple[int, datetime]] = []

    class Slow(RateLimit):
        def take(self, count: int, now: datetime, kept: int = 0) -> tuple[int, datetime]:
            granted, more_at = super().take(count, now, kept)
            taken.append((granted, now))
            clock.advance(seconds=3)
            return granted, more_at

    limit = Slow(local_store.database, 2)
    pace, began = Pace(limit, clock), clock()

    pace()
    used_at = clock()

    assert [granted for granted, _ in taken] == [1, 1]  # the first came too late, and was given back
    assert taken[1] == (1, used_at)
    assert RateLimit(local_store.database, 2).take(2, used_at)[0] == 1
    assert used_at - began == timedelta(seconds=6)


def test_what_is_kept_for_whoever_comes_ahead_is_left_by_the_others(local_store: Store, clock) -> None:
    pace = Pace(RateLimit(local_store.database, 5), clock)
    pace.kept = 2
    passed: list[object] = []
    threads = [threading.Thread(target=lambda: passed.append(pace())) for _ in range(4)]

    for thread in threads:
        thread.start()
    wait_for(lambda: len(passed) == 3)
    threads[0].join(0.2)
    before = len(passed)
    ahead = threading.Thread(target=lambda: [pace.ahead() for _ in range(2)])
    ahead.start()
    ahead.join(5)
    went, after = not ahead.is_alive(), len(passed)
    clock.advance(seconds=61)

    for thread in (*threads, ahead):
        thread.join(5)
    assert went
    assert (before, after, len(passed)) == (3, 3, 4)

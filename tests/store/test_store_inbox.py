"""The inbox keeps events, each only once."""

from threading import Thread

import pytest
from sqlalchemy.exc import DBAPIError
from store_events import arrival, event, statuses, together

from app.store import Arrival, Filter, Store
from app.webhook import EventStatus


def test_it_keeps_an_event_only_once(store: Store, clock) -> None:
    first = store.inbox.add(arrival(clock(), "e1"))
    again = store.inbox.add(arrival(clock(), "e1"))

    assert first == [True]
    assert again == [False]
    assert store.log.counts() == {("shop", "received"): 1}


def test_it_keeps_the_first_of_two_that_have_one_id(store: Store, clock) -> None:
    store.inbox.add(arrival(clock(), event("e1", body=b"first")))
    store.inbox.add(arrival(clock(), event("e1", body=b"second")))

    kept = store.log.event("shop", "e1")

    assert kept
    assert kept.body == b"first"


def test_it_keeps_the_same_id_of_two_sources_twice(store: Store, clock) -> None:
    store.inbox.add(arrival(clock(), "e1"))

    new = store.inbox.add(arrival(clock(), event("e1", source="landing")))

    assert new == [True]


def test_it_keeps_every_event_of_one_webhook(store: Store, clock) -> None:
    store.inbox.add(arrival(clock(), "e2"))

    new = store.inbox.add(arrival(clock(), "e3", "e2", "e1"))

    assert new == [True, False, True]
    assert statuses(store).keys() == {"e1", "e2", "e3"}


def test_it_keeps_one_of_two_equal_events_in_one_webhook(store: Store, clock) -> None:
    assert store.inbox.add(arrival(clock(), "e1", "e1")) == [True, False]


def test_it_keeps_a_webhook_without_events_as_nothing(store: Store, clock) -> None:
    assert store.inbox.add(arrival(clock())) == []


def test_it_gives_an_event_back_as_it_came(store: Store, clock) -> None:
    form = "application/x-www-form-urlencoded; " + "x" * 1_000
    came = event("\u00e9 e1", body=b"\x00\xff{", content_type=form, test=True)

    store.inbox.add(arrival(clock(), came))

    assert store.log.event("shop", "\u00e9 e1") == came


def test_it_keeps_an_ignored_event_with_its_reason(store: Store, clock) -> None:
    store.inbox.add(Arrival(clock(), [(event("e1"), EventStatus.IGNORED, "a test")]))

    (row,) = store.log.events(Filter())

    assert (row["status"], row["reason"], row["received_at"]) == ("ignored", "a test", clock())


def test_it_keeps_words_that_a_database_refuses(store: Store, clock) -> None:
    store.inbox.add(Arrival(clock(), [(event("e1"), EventStatus.IGNORED, "nul \0, half a pair \ud83d")]))

    (row,) = store.log.events(Filter())

    assert row["reason"] == "nul \ufffd, half a pair ?"


def test_it_blames_only_the_event_that_cannot_be_kept(store: Store, clock) -> None:
    """They share a commit, for they come while somebody else writes."""
    poison = event("e2", test=None)  # no row may leave that open
    ended: dict[str, object] = {}

    def add(name: str, came: object) -> None:
        try:
            ended[name] = store.inbox.add(arrival(clock(), came))
        except DBAPIError as error:
            ended[name] = type(error).__name__

    with store.database.writing():
        threads = [Thread(target=add, args=(c.event_id, c)) for c in (event("e1"), poison, event("e3"))]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()

    assert ended == {"e1": [True], "e2": "IntegrityError", "e3": [True]}
    assert statuses(store).keys() == {"e1", "e3"}


@pytest.mark.parametrize("size", [1, 50])
def test_it_keeps_each_event_once_whoever_brings_it(another, clock, size: int) -> None:
    """Two processes with several threads each are sent the same events, in opposite order."""
    stores, threads = [another(), another()], 6
    names = [f"e{number}" for number in range(150)]
    webhooks = [names[start : start + size] for start in range(0, 150, size)]
    new: list[bool] = []

    def add(place: int) -> None:
        for webhook in webhooks if place % 2 else [each[::-1] for each in reversed(webhooks)]:
            new.extend(stores[place % 2].inbox.add(arrival(clock(), *webhook)))

    together(threads, add)

    assert new.count(True) == 150
    assert len(new) == 150 * threads
    assert stores[0].log.counts() == {("shop", "received"): 150}


def test_it_never_deadlocks_over_the_same_events_in_another_order(another, clock) -> None:
    stores = [another(), another()]
    for store in stores:
        store.ready(clock())  # connected

    for again in range(3):
        names = [f"{again}/{number}" for number in range(900)]
        webhooks = [arrival(clock(), *names), arrival(clock(), *reversed(names))]
        new = together(2, lambda place, webhooks=webhooks: stores[place].inbox.add(webhooks[place]))
        assert sum(new[0]) + sum(new[1]) == 900


def test_it_keeps_large_batches_that_come_at_the_same_moment(store: Store, clock) -> None:
    def add(batch: int) -> int:
        return sum(store.inbox.add(arrival(clock(), *(f"{batch}-{number}" for number in range(1000)))))

    assert together(12, add) == [1000] * 12


def test_it_keeps_a_batch_that_no_single_statement_holds(store: Store, clock) -> None:
    new = store.inbox.add(arrival(clock(), *map(str, range(6000)), "0", "5999"))

    assert (sum(new), new[-2:]) == (6000, [False, False])

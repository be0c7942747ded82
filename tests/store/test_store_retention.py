"""Retention: payloads go after some days, idempotency keys later, and what waits is never touched."""

from dataclasses import replace
from datetime import timedelta

import pytest
from store_contents import found
from store_events import NOW, ana, arrival, ended, event, replayed, statuses, wait_for

from app.store import Arrival, Filter, Retention, Store
from app.store.columns import seal_of
from app.store.tombstones import bury, erased
from app.webhook import EventStatus

DAY = timedelta(days=1)
DAYS = 30
LATE = NOW + timedelta(days=DAYS, minutes=2)
EXCHANGE = {"method": "POST", "body": {"email": "ana@example.com"}, "answer": "ana@example.com"}


@pytest.fixture
def retention(store: Store) -> Retention:
    return Retention(store.database, DAYS)


def settle(store: Store, event_id: str, status: EventStatus = EventStatus.DELIVERED, **parts) -> None:
    """Let an event of Ana be settled a minute after NOW, with all that there may be to forget."""
    store.inbox.add(arrival(NOW, event(event_id, body=b'{"email": "ana@example.com"}')))
    store.received.map(ana, NOW)
    (claim,) = store.claims.claim(NOW + timedelta(minutes=1), 1, ["main"])
    settlement = ended(claim, NOW + timedelta(minutes=1), status, message="400: ana@example.com", **parts)
    store.claims.settle(replace(settlement, attempt=replace(settlement.attempt, exchanges=[EXCHANGE])))


def test_it_empties_what_was_settled_long_ago(store: Store, retention: Retention) -> None:
    settle(store, "e1", reason="created", notes=["ana@example.com again"])

    assert retention.empty(LATE) == 1

    (row,) = store.log.events(Filter())
    assert (row["status"], row["reason"], row["contact"], row["notes"]) == ("delivered", "created", None, None)
    assert [a["outcome"] for a in store.log.attempts("shop", "e1")] == ["delivered"]
    sealed = seal_of(store.database.engine.dialect).on
    assert found(store, "ana@example.com") == ([] if sealed else ["identities.value"])  # who is who stays known
    assert retention.empty(LATE) == 0


def test_it_lets_a_failed_event_say_no_more_than_that(store: Store, retention: Retention) -> None:
    settle(store, "e1", EventStatus.FAILED, reason="400: ana@example.com is no address")

    retention.empty(LATE)

    (row,) = store.log.events(Filter())
    assert row["reason"] == "failed; the details are gone with the payload"


def test_it_leaves_the_reason_of_an_ignored_event(store: Store, retention: Retention) -> None:
    store.inbox.add(Arrival(NOW, [(event("e1"), EventStatus.IGNORED, "a test")]))

    assert retention.empty(LATE) == 1

    (row,) = store.log.events(Filter())
    assert (row["status"], row["reason"]) == ("ignored", "a test")


def test_it_does_not_touch_what_is_young_or_waits(store: Store, retention: Retention) -> None:
    settle(store, "settled")
    wait_for(store, NOW, "pending")
    store.inbox.add(arrival(NOW, "received"))

    assert retention.empty(NOW + DAY * DAYS) == 0
    assert retention.empty(LATE + 1000 * DAY) == 1
    assert retention.forget(LATE + 1000 * DAY) == 1

    assert statuses(store) == {"pending": "pending", "received": "received"}
    kept = store.log.event("shop", "pending")
    assert kept
    assert kept.body


@pytest.mark.parametrize(("days", "kept_for"), [(30, 90), (200, 200)])
def test_it_remembers_the_key_for_ninety_days_and_for_as_long_as_the_payload(store, days: int, kept_for: int) -> None:
    retention = Retention(store.database, days)
    settle(store, "e1")
    end = NOW + DAY * kept_for + timedelta(minutes=1)
    retention.empty(end)
    retention.empty(end + timedelta(seconds=1))

    assert retention.forget(end) == 0
    assert store.inbox.add(arrival(end, "e1")) == [False]  # a late duplicate is one
    assert retention.forget(end + timedelta(seconds=1)) == 1
    assert store.log.attempts("shop", "e1") == []
    assert store.inbox.add(arrival(end, "e1")) == [True]


def test_it_works_in_batches_the_oldest_first(store: Store, retention: Retention) -> None:
    for number in range(5):
        at = NOW + timedelta(hours=number)
        store.inbox.add(Arrival(at, [(event(f"e{number}"), EventStatus.IGNORED, "a test")]))

    assert [retention.empty(LATE + DAY, 2) for _ in range(2)] == [2, 2]

    left = [e for e in statuses(store) if (kept := store.log.event("shop", e)) and kept.body]
    assert left == ["e4"]


def test_two_processes_pass_by_what_the_other_has_in_hand(postgresql_url: str) -> None:
    one, other = Store(postgresql_url), Store(postgresql_url)
    kept = [(event(f"e{number}"), EventStatus.IGNORED, "a test") for number in range(4)]
    one.inbox.add(Arrival(NOW, kept))

    with one.database.writing() as connection:
        connection.exec_driver_sql("SELECT id FROM events ORDER BY id LIMIT 3 FOR UPDATE")
        assert Retention(other.database, DAYS).empty(LATE) == 1
    assert Retention(other.database, DAYS).empty(LATE) == 3
    one.close()
    other.close()


def test_a_replay_leaves_what_was_emptied_alone(store: Store, retention: Retention) -> None:
    settle(store, "e1")
    retention.empty(LATE)

    assert replayed(store, Filter(event_ids=["e1"])) == []


def test_acks_go_on_between_two_batches(store: Store, retention: Retention) -> None:
    kept = [(event(f"e{number}"), EventStatus.IGNORED, "a test") for number in range(6)]
    store.inbox.add(Arrival(NOW, kept))
    acks = []

    while retention.empty(LATE, 2):
        acks += store.inbox.add(arrival(LATE, f"new{len(acks)}"))

    assert acks == [True] * 3


def test_tombstones_go_with_the_keys(store: Store, retention: Retention) -> None:
    key = ("main", "email", "ana@example.com")
    with store.database.writing() as connection:
        bury(connection, {key: NOW})

    assert retention.unbury(NOW + 90 * DAY) == 0
    with store.database.reading() as connection:
        assert erased(connection, [key]) == {key: NOW}
    assert retention.unbury(NOW + 90 * DAY + timedelta(seconds=1)) == 1


def test_somebody_who_waits_for_delivery_is_delivered_after_the_payload_of_an_older_event_went(store, retention):
    settle(store, "old", reason="created")
    wait_for(store, LATE, "new", mapper=ana)

    retention.empty(LATE)

    (claim,) = store.claims.claim(LATE, 1, ["main"])
    assert (claim.event_id, claim.contact.email) == ("new", "ana@example.com")

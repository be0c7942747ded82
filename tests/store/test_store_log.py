"""The log: what an operator reads of the events, and putting them back to where mapping begins."""

from datetime import timedelta

import pytest
from store_events import NOW, ana, arrival, ended, event, pending, statuses, wait_for

from app.contact import Contact
from app.store import Filter, Store
from app.webhook import EventStatus

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(store: Store) -> Store:
    """One event of each kind, a minute apart."""
    wait_for(store, NOW, "delivered", mapper=ana)
    (claim,) = store.claims.claim(NOW, 1, ["main"])
    store.claims.settle(ended(claim, NOW, person={"contact_id": "c1"}))
    wait_for(store, NOW + MINUTE, "failed")
    (claim,) = store.claims.claim(NOW + MINUTE, 1, ["main"])
    store.claims.settle(ended(claim, NOW, EventStatus.FAILED, reason="422", message="422"))
    store.inbox.add(arrival(NOW + 2 * MINUTE, event("pending", source="desk")))
    store.received.map(lambda _: pending(Contact(user_id="Desk:7", phone="+14155552671")), NOW + 2 * MINUTE)
    store.inbox.add(arrival(NOW + 3 * MINUTE, event("received", source="desk")))
    return store


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (Filter(), ["received", "pending", "failed", "delivered"]),
        (Filter(status=EventStatus.FAILED), ["failed"]),
        (Filter(source="desk"), ["received", "pending"]),
        (Filter(source="desk", status=EventStatus.PENDING), ["pending"]),
        (Filter(since=NOW + 2 * MINUTE), ["received", "pending"]),
        (Filter(event_ids=["failed", "pending", "none"]), ["pending", "failed"]),
        (Filter(person="ana@example.com"), ["delivered"]),
        (Filter(person=" ANA@Example.com "), ["delivered"]),
        (Filter(person="+14155552671"), ["pending"]),
        (Filter(person="Desk:7"), ["pending"]),
        (Filter(person="nobody@example.com"), []),
        (Filter(person="\0", source="\0", event_ids=["\ud83d"]), []),
    ],
)
def test_it_finds_the_newest_first(told: Store, which: Filter, found: list[str]) -> None:
    assert [row["event_id"] for row in told.log.events(which)] == found


def test_it_shows_no_more_than_asked_for(told: Store) -> None:
    assert [row["event_id"] for row in told.log.events(Filter(), most=2)] == ["received", "pending"]


def test_it_shows_the_contact_that_came_of_an_event(told: Store) -> None:
    (row,) = told.log.events(Filter(event_ids=["delivered"]))

    assert row["contact_id"] == "c1"
    assert row["contact"] == {"name": "Ana", "email": "ana@example.com"}


def test_it_shows_the_attempts_of_one_event(told: Store) -> None:
    (attempt,) = told.log.attempts("shop", "failed")

    assert (attempt["outcome"], attempt["message"]) == ("failed", "422")
    assert told.log.attempts("desk", "failed") == []


def test_it_knows_no_event_of_another_source(told: Store) -> None:
    assert told.log.event("desk", "failed") is None


def test_it_counts_events_by_source_and_status(told: Store) -> None:
    assert told.log.counts() == {
        ("shop", "delivered"): 1, ("shop", "failed"): 1, ("desk", "pending"): 1, ("desk", "received"): 1,
    }  # fmt: skip


def test_it_says_how_long_the_oldest_has_waited(told: Store) -> None:
    assert told.log.oldest_waiting() == NOW + 2 * MINUTE

    (claim,) = told.claims.claim(NOW + 9 * MINUTE, 9, ["main"])
    told.claims.settle(ended(claim, NOW))
    assert told.log.oldest_waiting() == NOW + 3 * MINUTE

    told.received.map(lambda _: pending(Contact(email="ben@example.com")), NOW + 9 * MINUTE)
    assert told.log.oldest_waiting() == NOW + 3 * MINUTE

    (claim,) = told.claims.claim(NOW + 9 * MINUTE, 9, ["main"])
    told.claims.settle(ended(claim, NOW))
    assert told.log.oldest_waiting() is None


def test_it_puts_an_event_back_to_where_mapping_begins(told: Store) -> None:
    changed = told.log.replay(Filter(status=EventStatus.FAILED))

    assert changed == [("shop", "failed")]
    (row,) = told.log.events(Filter(event_ids=["failed"]))
    assert (row["status"], row["reason"], row["attempts"]) == ("received", None, 0)
    assert (row["due_at"], row["settled_at"]) == (None, None)
    assert len(told.log.attempts("shop", "failed")) == 1  # what happened is not forgotten


def test_it_gives_a_replayed_event_another_three_days(told: Store) -> None:
    told.log.replay(Filter(event_ids=["failed"]))
    told.received.map(ana, NOW)

    (claim,) = (each for each in told.claims.claim(NOW, 9, ["main"]) if each.event_id == "failed")

    assert (claim.attempts, claim.first_attempt_at) == (0, None)


def test_it_replays_what_waits_for_its_next_try(told: Store) -> None:
    assert told.log.replay(Filter(status=EventStatus.PENDING)) == [("desk", "pending")]
    assert told.claims.next_due(["main"]) is None


def test_it_does_not_replay_what_is_being_delivered(told: Store) -> None:
    told.claims.claim(NOW + 9 * MINUTE, 9, ["main"])

    assert told.log.replay(Filter(event_ids=["pending", "failed"])) == [("shop", "failed")]
    assert statuses(told)["pending"] == "pending"


def test_it_replays_past_news_of_a_person_who_is_being_served(told: Store) -> None:
    wait_for(told, NOW, "more", mapper=ana)
    told.claims.claim(NOW, 9, ["main"])

    assert told.log.replay(Filter(person="ana@example.com")) == [("shop", "delivered")]


def test_it_replays_nothing_whose_payload_is_gone(told: Store) -> None:
    with told.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET body = NULL WHERE event_id = 'failed'")

    assert told.log.replay(Filter(event_ids=["failed"])) == []


def test_it_forgets_the_person_when_a_replayed_event_is_mapped_to_another(told: Store) -> None:
    told.log.replay(Filter(event_ids=["delivered"]))

    told.received.map(lambda _: pending(Contact(email="ben@example.com")), NOW)

    assert told.log.events(Filter(person="ana@example.com")) == []
    assert "delivered" in {claim.event_id for claim in told.claims.claim(NOW + MINUTE, 9, ["main"])}

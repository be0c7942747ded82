"""Events that somebody ignores by hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sealed_kit
from store_events import NOW, ana, arrival, claimed, ended, replayed, somebody, statuses, together, wait_for

from app.contact import Meaning
from app.mapping import Mapped
from app.store import Attempt, Dismissal, Fetched, Filter, Store
from app.store.dismissals import _dismiss
from app.store.many_events import selected
from app.webhook import Event, EventStatus

LATER = NOW + timedelta(hours=1)
DISMISSAL = Dismissal("ada", LATER, "a test of ours")


def ignored(store: Store, *event_ids: str, at_once: int = 500, **which: Any) -> list[str]:
    batches = store.dismissals.batches(Filter(event_ids=event_ids, **which), DISMISSAL, at_once)
    return [event_id for batch in batches for _, event_id in batch.changed]


def one(store: Store, event_id: str) -> dict[str, Any]:
    return store.log.events(Filter(event_ids=[event_id]))[0]


def fail(store: Store, *event_ids: str, reason: str = "400: no") -> None:
    wait_for(store, NOW, *event_ids)
    for claim in store.claims.claim(NOW, 99, ["main"]):
        store.claims.settle(ended(claim, NOW, EventStatus.FAILED, reason=reason))


def test_what_failed_is_ignored_and_tells_who_did_it_and_what_it_was(store: Store) -> None:
    fail(store, "e1")

    assert ignored(store, "e1") == ["e1"]

    event = one(store, "e1")
    assert (event["status"], event["reason"]) == ("ignored", "by hand: a test of ours")
    assert event["notes"] == ["ignored by ada at 2026-03-01 13:00:00 UTC; it was failed (400: no)"]
    assert event["settled_at"] == NOW  # its payload goes no later because of it
    assert event["due_at"] is None


def test_notes_of_before_are_kept(store: Store) -> None:
    store.inbox.add(arrival(NOW, "e1"))
    mapped = Mapped(EventStatus.FAILED, "nobody", meaning=Meaning.SIGNED_UP, notes=("phone left out",))
    store.received.map(lambda _: ("main", mapped), NOW)

    ignored(store, "e1")

    assert one(store, "e1")["notes"][0] == "phone left out"
    assert len(one(store, "e1")["notes"]) == 2


def test_what_waits_is_ignored_and_nobody_delivers_it_any_more(store: Store) -> None:
    wait_for(store, NOW, "e1")
    store.inbox.add(arrival(NOW, "e2"))

    assert ignored(store, source="shop") == ["e1", "e2"]

    assert claimed(store, LATER) == []
    assert store.received.map(somebody, LATER) == []
    assert {one(store, each)["settled_at"] for each in ("e1", "e2")} == {LATER}


@pytest.mark.parametrize("status", [EventStatus.DELIVERED, EventStatus.IGNORED])
def test_what_is_done_is_left_alone_and_counted(store: Store, status: EventStatus) -> None:
    wait_for(store, NOW, "e1")
    (claim,) = store.claims.claim(NOW, 1, ["main"])
    store.claims.settle(ended(claim, NOW, status, reason="as it was"))
    before = one(store, "e1")

    (batch,) = store.dismissals.batches(Filter(), DISMISSAL)

    assert (batch.changed, batch.busy, batch.unfit, batch.seen) == ([], 0, 1, 1)
    assert one(store, "e1") == before


def test_a_replay_brings_it_back(store: Store) -> None:
    fail(store, "e1")
    ignored(store, "e1")

    assert replayed(store, Filter(status=EventStatus.IGNORED)) == [("shop", "e1")]

    store.received.map(somebody, LATER)
    assert claimed(store, LATER) == ["e1"]


def test_what_is_being_delivered_is_left_alone_whole(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    (claim,) = store.claims.claim(NOW, 1, ["main"])

    (batch,) = store.dismissals.batches(Filter(), DISMISSAL)

    assert (batch.changed, batch.busy) == ([], 2)
    assert [one(store, each)["notes"] for each in ("e1", "e2")] == [None, None]
    assert store.claims.settle(ended(claim, NOW))
    assert statuses(store) == {"e1": "delivered", "e2": "pending"}


def test_what_is_claimed_at_this_moment_is_either_delivered_or_ignored(
    store: Store, another: Callable[[], Store]
) -> None:
    wait_for(store, NOW, *(f"e{number:02}" for number in range(40)))
    other = another()

    def work(place: int) -> list[str]:
        return ignored(store, source="shop", at_once=5) if place else claimed(other, NOW, most=20)

    taken, gone = together(2, work)

    assert set(taken).isdisjoint(gone)
    found = {row["event_id"]: row for row in store.log.events(Filter(), 99)}
    assert {name for name, row in found.items() if row["status"] == "ignored"} == set(gone)
    for name in taken:
        assert (found[name]["status"], found[name]["notes"], found[name]["settled_at"]) == ("pending", None, None)
    for name in gone:
        assert (found[name]["due_at"], found[name]["busy"], len(found[name]["notes"])) == (None, False, 1)


def test_what_was_delivered_since_it_was_selected_is_left_alone(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2")
    with store.database.writing() as connection:
        found = selected(connection, Filter(), 0, 99, 10)
    (claim,) = store.claims.claim(NOW, 1, ["main"])
    store.claims.settle(ended(claim, NOW))

    with store.database.writing() as connection:
        batch = _dismiss(connection, Filter(), found, DISMISSAL)

    assert [event_id for _, event_id in batch.changed] == ["e2"]
    assert statuses(store) == {"e1": "delivered", "e2": "ignored"}


def test_what_is_mapped_at_this_moment_stays_ignored(store: Store) -> None:
    store.inbox.add(arrival(NOW, "e1"))
    seen: list[list[str]] = []

    def mapper(event: Event) -> tuple[str, Mapped]:
        seen.append(ignored(store, "e1"))
        return somebody(event)

    store.received.map(mapper, NOW)

    # On PostgreSQL it is locked while it is mapped, and left alone; on SQLite the mapping comes too late.
    assert (seen, statuses(store)) in [([["e1"]], {"e1": "ignored"}), ([[]], {"e1": "pending"})]


def test_an_answer_that_was_fetched_too_late_changes_nothing(store: Store) -> None:
    store.inbox.add(arrival(NOW, "e1"))
    store.received.map(lambda _: ("main", Mapped(EventStatus.PENDING, "to be fetched")), NOW)
    (errand,) = store.fetches.take(NOW, 1, ["main"])

    assert ignored(store, "e1") == ["e1"]
    store.fetches.settle(Fetched(errand, Attempt(LATER, 1, "fetched"), answer=b"{}"))

    assert statuses(store) == {"e1": "ignored"}


def test_many_are_ignored_some_at_a_time_and_it_can_be_left(store: Store) -> None:
    fail(store, *(f"e{number}" for number in range(7)))

    first = next(store.dismissals.batches(Filter(), DISMISSAL, 3))

    assert [event_id for _, event_id in first.changed] == ["e0", "e1", "e2"]
    assert ignored(store, status=EventStatus.FAILED, at_once=3) == ["e3", "e4", "e5", "e6"]


def test_an_event_without_a_payload_is_ignored_too(store: Store) -> None:
    fail(store, "e1", reason="")
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET body = NULL, reason = NULL")

    assert ignored(store, "e1") == ["e1"]
    assert one(store, "e1")["notes"] == ["ignored by ada at 2026-03-01 13:00:00 UTC; it was failed"]


def test_notes_that_no_key_opens_are_kept(database_url: str) -> None:
    with sealed_kit.opened(database_url, sealed_kit.LOST) as store:
        store.inbox.add(arrival(NOW, "e1"))
        mapped = Mapped(EventStatus.FAILED, "nobody", meaning=Meaning.SIGNED_UP, notes=("phone left out",))
        store.received.map(lambda _: ("main", mapped), NOW)
    with sealed_kit.opened(database_url, sealed_kit.NEW) as store:
        assert ignored(store, "e1") == ["e1"]

    with sealed_kit.opened(database_url, sealed_kit.LOST, sealed_kit.NEW) as store:
        assert (one(store, "e1")["status"], one(store, "e1")["notes"]) == ("ignored", ["phone left out"])


@pytest.mark.parametrize("meaning", [Meaning.ERASE, Meaning.ERASE_SOURCE])
def test_what_asks_for_an_erasure_is_ignored_only_if_it_is_named(store: Store, meaning: Meaning) -> None:
    store.inbox.add(arrival(NOW, "e1", "e2"))
    asks = Mapped(EventStatus.FAILED, "nobody", meaning=meaning)
    other = Mapped(EventStatus.FAILED, "nobody", meaning=Meaning.SIGNED_UP)
    store.received.map(lambda event: ("main", asks if event.event_id == "e1" else other), NOW)

    (batch,) = store.dismissals.batches(Filter(status=EventStatus.FAILED), DISMISSAL)

    assert (batch.changed, batch.spared, batch.busy, batch.unfit) == ([("shop", "e2")], 1, 0, 0)
    assert ignored(store, "e1") == ["e1"]


def test_a_replay_keeps_the_note_of_who_ignored_it_and_makes_the_others_anew(store: Store) -> None:
    store.inbox.add(arrival(NOW, "e1"))
    mapped = Mapped(EventStatus.FAILED, "nobody", meaning=Meaning.SIGNED_UP, notes=("phone left out",))
    store.received.map(lambda _: ("main", mapped), NOW)
    ignored(store, "e1")
    replayed(store, Filter(event_ids=["e1"]))

    store.received.map(lambda _: ("main", mapped), LATER)

    assert one(store, "e1")["notes"] == [
        "ignored by ada at 2026-03-01 13:00:00 UTC; it was failed (nobody)", "phone left out",
    ]  # fmt: skip

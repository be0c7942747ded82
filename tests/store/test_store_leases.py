"""Leases: what becomes of the claims of a process that crashed, or was too slow."""

from datetime import timedelta

from store_events import NOW, ana, claimed, ended, replayed, statuses, wait_for

from app.store import Filter, Store
from app.store.claims import LEASE
from app.webhook import EventStatus

OVER = NOW + LEASE + timedelta(microseconds=1)


def test_it_says_until_when_a_claim_is_ours(store: Store) -> None:
    wait_for(store, NOW, "e1")

    (claim,) = store.claims.claim(NOW, 1, ["main"])

    assert claim.lease_until == NOW + LEASE
    assert not claim.person.uncertain


def test_it_hands_out_again_what_a_crashed_process_had(store: Store, another) -> None:
    wait_for(store, NOW, "e1")
    store.claims.claim(NOW, 1, ["main"])

    assert another().claims.claim(NOW + LEASE, 1, ["main"]) == []
    (again,) = another().claims.claim(OVER, 1, ["main"])

    assert again.event_id == "e1"
    assert again.person.uncertain  # nobody knows how far the first one got
    assert again.attempts == 0


def test_it_is_uncertain_of_a_person_whichever_event_comes_next(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    (lost,) = store.claims.claim(NOW, 1, ["main"])
    replayed(store, _only("e1"))

    (again,) = store.claims.claim(OVER, 1, ["main"])

    assert (lost.event_id, again.person.uncertain) == ("e1", True)


def test_it_stays_uncertain_until_somebody_has_looked(store: Store) -> None:
    wait_for(store, NOW, "e1")
    store.claims.claim(NOW, 1, ["main"])
    (again,) = store.claims.claim(OVER, 1, ["main"])
    store.claims.settle(ended(again, OVER, EventStatus.PENDING, due_at=OVER))

    (third,) = store.claims.claim(OVER, 1, ["main"])
    assert third.person.uncertain
    store.claims.settle(ended(third, OVER, EventStatus.PENDING, due_at=OVER, person={"uncertain": False}))
    (fourth,) = store.claims.claim(OVER, 1, ["main"])

    assert not fourth.person.uncertain


def test_it_settles_nothing_after_the_lease_was_lost(store: Store) -> None:
    wait_for(store, NOW, "e1")
    (lost,) = store.claims.claim(NOW, 1, ["main"])
    (ours,) = store.claims.claim(OVER, 1, ["main"])

    mine = store.claims.settle(ended(lost, OVER, person={"contact_id": "c-late"}, outcome="late", notes=["late"]))

    assert not mine
    assert statuses(store) == {"e1": "pending"}
    assert [attempt["outcome"] for attempt in store.log.attempts("shop", "e1")] == ["late"]
    assert claimed(store, OVER) == []  # the lease of the other one still holds
    assert store.claims.settle(ended(ours, OVER, person={"contact_id": "c1"}))
    (row,) = store.log.events(_only("e1"))
    assert (row["status"], row["contact_id"], row["notes"]) == ("delivered", "c1", None)


def test_it_settles_late_if_nobody_else_has_claimed(store: Store) -> None:
    wait_for(store, NOW, "e1")
    (claim,) = store.claims.claim(NOW, 1, ["main"])

    assert store.claims.settle(ended(claim, OVER))
    assert statuses(store) == {"e1": "delivered"}


def test_it_settles_a_claim_only_once(store: Store) -> None:
    wait_for(store, NOW, "e1")
    (claim,) = store.claims.claim(NOW, 1, ["main"])

    assert store.claims.settle(ended(claim, NOW))
    assert not store.claims.settle(ended(claim, NOW, EventStatus.FAILED))
    assert statuses(store) == {"e1": "delivered"}


def _only(event_id: str) -> Filter:

    return Filter(event_ids=[event_id])

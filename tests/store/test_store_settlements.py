"""Settling: what a delivery leaves behind of the event, the attempt and the person."""

from dataclasses import replace
from datetime import timedelta

from store_events import NOW, ana, ended, pending, somebody, together, wait_for

from app.contact import Consent, ConsentState, Contact
from app.store import Attempt, Claim, Filter, Store
from app.webhook import EventStatus

LATER = NOW + timedelta(minutes=1)


def claim_one(store: Store) -> Claim:
    (claim,) = store.claims.claim(LATER, 1, ["main"])
    return claim


def test_it_settles_an_event(store: Store) -> None:
    wait_for(store, NOW, "e1")

    mine = store.claims.settle(ended(claim_one(store), LATER, reason="created", notes=("one note",)))

    assert mine
    (row,) = store.log.events(Filter())
    assert (row["status"], row["reason"], row["notes"]) == ("delivered", "created", ["one note"])
    assert (row["due_at"], row["settled_at"], row["attempts"]) == (None, LATER, 1)


def test_it_lets_an_event_wait_for_its_next_try(store: Store) -> None:
    wait_for(store, NOW, "e1")

    store.claims.settle(ended(claim_one(store), LATER, EventStatus.PENDING, reason="503", due_at=LATER))

    (row,) = store.log.events(Filter())
    assert (row["status"], row["reason"], row["due_at"], row["settled_at"]) == ("pending", "503", LATER, None)


def test_nobody_works_on_a_person_who_rests(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    claim = claim_one(store)

    store.claims.settle(ended(claim, LATER, EventStatus.PENDING, due_at=LATER, rest=timedelta(seconds=30)))
    resting = store.claims.claim(LATER + timedelta(days=1), 1, ["main"])
    store.claims.free({claim.person.id: claim.owner})

    assert resting == []
    assert len(store.claims.claim(LATER, 2, ["main"])) == 1


def test_it_counts_the_tries_that_count_and_remembers_the_first(store: Store) -> None:
    wait_for(store, NOW, "e1")
    moments = [LATER, LATER + timedelta(hours=1), LATER + timedelta(hours=2)]
    seen = []

    for moment, burned in zip(moments, (False, True, True), strict=True):
        (claim,) = store.claims.claim(moment, 1, ["main"])
        seen.append((claim.attempts, claim.first_attempt_at))
        store.claims.settle(ended(claim, moment, EventStatus.PENDING, due_at=moment, burned=burned))

    (last,) = store.claims.claim(moments[2], 1, ["main"])
    assert seen == [(0, None), (0, None), (1, moments[1])]
    assert (last.attempts, last.first_attempt_at) == (2, moments[1])
    assert len(store.log.attempts("shop", "e1")) == 3  # those that do not count are kept too


def test_it_keeps_every_attempt_as_it_went(store: Store) -> None:
    wait_for(store, NOW, "e1")
    exchange = {"request": {"method": "POST", "body": {"name": "\u00c5sa \ud83d"}}, "status": 503}
    attempt = Attempt(LATER, 512, "temporary", "the upstream answered 503: \0\ud83d", [exchange])

    store.claims.settle(replace(ended(claim_one(store), LATER, EventStatus.PENDING, due_at=LATER), attempt=attempt))
    store.claims.settle(ended(claim_one(store), LATER))

    first, second = store.log.attempts("shop", "e1")
    assert first == {
        "started_at": LATER, "duration_ms": 512, "outcome": "temporary",
        "message": "the upstream answered 503: \ufffd?", "exchanges": [exchange],
    }  # fmt: skip
    assert second["outcome"] == "delivered"


def test_it_remembers_what_is_known_of_the_person(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    consent = Consent(ConsentState.REFUSED, NOW)
    known = {
        "contact_id": "c" * 300, "name": "Ana " * 100, "name_at": NOW, "consent": consent, "unsubscribed": True,
        "segment_ids": ("a", "b"), "uncertain": True,
    }  # fmt: skip

    store.claims.settle(ended(claim_one(store), LATER, person=known))

    person = claim_one(store).person
    assert {name: getattr(person, name) for name in known} == known


def test_it_remembers_a_consent_without_a_time(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    consent = Consent(ConsentState.GRANTED)

    store.claims.settle(ended(claim_one(store), LATER, person={"consent": consent}))

    assert claim_one(store).person.consent == consent


def test_it_keeps_whatever_name_the_upstream_has(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)

    store.claims.settle(ended(claim_one(store), LATER, person={"name": "Ana\0 \ud83d"}))

    assert claim_one(store).person.name == "Ana\ufffd ?"


def test_it_remembers_which_identities_the_upstream_has(store: Store) -> None:
    person = Contact(email="Ana@example.com", phone="+14155552671")
    wait_for(store, NOW, "e1", "e2", mapper=lambda _: pending(person))
    claim = claim_one(store)
    assert claim.person.sent == frozenset()
    assert claim.person.identities == {("email", "ana@example.com"), ("phone", "+14155552671")}

    store.claims.settle(ended(claim, LATER, person={"sent": frozenset({("email", "ana@example.com")})}))

    assert claim_one(store).person.sent == {("email", "ana@example.com")}


def test_it_adds_a_note_only_once(store: Store) -> None:
    wait_for(store, NOW, "e1", mapper=lambda _: pending(Contact(email="ana@example.com"), "main", "mapped"))

    for _ in range(2):
        notes = ("mapped", "two contacts")
        store.claims.settle(ended(claim_one(store), LATER, EventStatus.PENDING, due_at=LATER, notes=notes))

    (row,) = store.log.events(Filter())
    assert row["notes"] == ["mapped", "two contacts"]


def test_it_settles_many_at_once_each_with_its_own_answer(store: Store) -> None:
    names = [f"e{number}" for number in range(12)]
    wait_for(store, NOW, *names, mapper=somebody)
    claims = store.claims.claim(LATER, 12, ["main"])
    lost = {claims[3].event_id, claims[7].event_id}
    settlements = [ended(replace(claim, owner="lost") if claim.event_id in lost else claim, LATER) for claim in claims]

    mine = together(12, lambda place: store.claims.settle(settlements[place]))

    assert mine == [claim.event_id not in lost for claim in claims]
    assert {row["event_id"] for row in store.log.events(Filter(status=EventStatus.PENDING))} == lost


def test_whoever_settles_too_late_leaves_a_stranger_to_be_looked_up(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    (lost,) = store.claims.claim(NOW, 1, ["main"])
    store.claims.settle(ended(lost, NOW, EventStatus.FAILED))

    assert not store.claims.settle(ended(lost, NOW, person={"contact_id": "c-late"}))

    (after,) = store.claims.claim(NOW, 1, ["main"])
    assert after.person.uncertain

"""Many events of people who are new: looked through in order, leased by one, given back or settled together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from store_events import NOW, ana, arrival, claimed, ended, event, pending, replayed, said, statuses, together, wait_for

from app.contact import Contact, Meaning
from app.mapping import Mapped
from app.store import Claim, Filter, Store, Whom
from app.webhook import Event, EventStatus

LATER = NOW + timedelta(minutes=1)


def people(store: Store, *event_ids: str) -> list[Claim]:
    """Events of new people, as they are found."""
    wait_for(store, NOW, *event_ids)
    return page(store)


def page(store: Store, most: int = 100, **where: object) -> list[Claim]:
    return store.newcomers.page("main", LATER, most, **where).claims  # type: ignore[arg-type]


def found(store: Store) -> list[str]:
    return [claim.event_id for claim in page(store)]


def test_it_finds_what_a_claim_would_hold(store: Store) -> None:
    (claim,) = store.newcomers.lease(people(store, "e1"))
    store.newcomers.give_back([claim])

    (again,) = store.claims.claim(LATER, 1, ["main"])
    assert replace(again, owner=claim.owner) == claim
    assert again.owner != claim.owner


def test_it_goes_through_the_queue_page_by_page_in_order(store: Store) -> None:
    wait_for(store, NOW + timedelta(seconds=1), "late1", "late2")
    wait_for(store, NOW, "e1", "e2", "e3")
    pages, place, last = [], None, False

    while not last:
        one = store.newcomers.page("main", LATER, 2, place)
        place, last = one.end, one.last
        pages.append([claim.event_id for claim in one.claims])

    assert pages == [["e1", "e2"], ["e3", "late1"], ["late2"]]
    assert store.newcomers.page("main", LATER, 2, place).claims == []
    assert store.newcomers.page("main", LATER, 2, place).end == place


def test_it_passes_by_whoever_is_known_busy_uncertain_or_was_tried(store: Store) -> None:
    wait_for(store, NOW, "known", "busy", "unsure", "tried", "new")
    busy = [claim for claim in page(store) if claim.event_id != "new"]
    by_id = {claim.event_id: claim for claim in store.newcomers.lease(busy)}
    waits = {"status": EventStatus.PENDING, "due_at": NOW}
    store.newcomers.settle(
        [
            ended(by_id["known"], NOW, person={"contact_id": "c1"}, burned=False, **waits),
            ended(by_id["unsure"], NOW, person={"uncertain": True}, burned=False, **waits),
            ended(by_id["tried"], NOW, **waits),
        ]
    )

    assert found(store) == ["new"]


@pytest.mark.parametrize("meaning", [Meaning.SUBSCRIBED, Meaning.UNSUBSCRIBED, Meaning.CONSENT, Meaning.ERASE])
def test_it_passes_by_events_that_make_nobody(store: Store, meaning: Meaning) -> None:
    def mapper(event: Event) -> tuple[str, Mapped]:
        return "main", Mapped(EventStatus.PENDING, contact=Contact(email="ana@example.com"), meaning=meaning)

    wait_for(store, NOW, "e1", mapper=mapper)

    assert found(store) == []


def test_it_finds_the_first_event_that_waits_for_a_person_and_no_other(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    (first,) = store.newcomers.lease(page(store))
    store.newcomers.settle([ended(first, NOW, EventStatus.FAILED)])

    assert (first.event_id, found(store)) == ("e1", ["e2"])


def test_it_finds_none_that_is_paused_not_due_or_anothers(store: Store) -> None:
    wait_for(store, NOW, "e1")
    wait_for(store, NOW, "e2", mapper=lambda _: pending(Contact(email="bo@example.org"), "other"))
    early = store.newcomers.page("main", NOW - timedelta(seconds=1), 10)

    assert early.claims == page(store, without=["shop"]) == []
    assert found(store) == ["e1"]


def test_it_counts_what_is_due_or_not_mapped_yet_and_no_further_than_it_is_asked(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", "e3", mapper=ana)
    wait_for(store, LATER, "e4")
    store.inbox.add(arrival(NOW, "e5", event("e6", "form")))

    def counted(most: int = 10, org: str = "main", without: Sequence[str] = ()) -> int:
        return store.newcomers.waiting(org, NOW, most, without)

    assert [counted(2), counted(4), counted()] == [2, 4, 5]
    assert [counted(without=["form"]), counted(without=["shop"]), counted(without=["form", "shop"])] == [4, 1, 0]
    assert counted(org="other", without=["form"]) == 1  # nobody knows whose it is


def test_only_one_leases_a_person(store: Store, another) -> None:
    stores = [store, another(), another()]
    wait_for(store, NOW, *(f"e{number}" for number in range(200)))
    pages = [page(one, 200) for one in stores]

    leased = together(3, lambda place: stores[place].newcomers.lease(pages[place]))

    events = [claim.event_id for claims in leased for claim in claims]
    assert len(events) == len(set(events)) == 200
    assert claimed(store, LATER) == []


@pytest.mark.parametrize("change", ["settled", "replayed", "erased", "leased", "uncertain"])
def test_it_leases_nobody_who_changed_since_they_were_found(store: Store, another, change: str) -> None:
    claims = people(store, "e1", "e2")
    if change == "settled":
        (other,) = another().claims.claim(LATER, 1, ["main"])
        store.claims.settle(ended(other, NOW, person={"contact_id": "c1"}))
    elif change == "replayed":
        replayed(store, Filter(event_ids=["e1"]))
    elif change == "erased":
        store.erasure.erase(Whom(frozenset({("email", "e1@example.com")}), ("main",)), NOW)
    elif change == "leased":
        another().claims.claim(LATER, 1, ["main"])
    else:
        (first,) = store.claims.claim(LATER, 1, ["main"])
        store.claims.free({first.person.id: first.owner})

    assert [claim.event_id for claim in store.newcomers.lease(claims)] == ["e2"]


def test_whoever_is_given_back_is_as_before(store: Store) -> None:
    claims = store.newcomers.lease(people(store, "e1", "e2", "e3"))

    store.newcomers.give_back([replace(claim, owner="somebody else") for claim in claims])
    still_leased = found(store) == []
    store.newcomers.give_back(claims[:2])

    assert still_leased
    assert found(store) == ["e1", "e2"]
    assert not any(claim.person.uncertain for claim in page(store))


def test_it_settles_as_claims_do(store: Store) -> None:
    found = people(store, "e1", "e2", "e3")
    claims = [*store.newcomers.lease(found[:2]), found[2]]

    mine = store.newcomers.settle(
        [
            ended(claim, NOW, person={"contact_id": f"c-{claim.event_id}", "sent": claim.person.identities})
            for claim in claims
        ]
    )

    assert mine == [True, True, False]
    assert statuses(store) == {"e1": "delivered", "e2": "delivered", "e3": "pending"}
    person = store.people.person(claims[0].person.id)
    assert (person.contact_id, person.sent) == ("c-e1", claims[0].person.identities)


def test_who_is_to_rest_stays_leased(store: Store) -> None:
    claims = store.newcomers.lease(people(store, "e1", "e2"))
    rest = {"status": EventStatus.PENDING, "due_at": NOW, "rest": timedelta(seconds=1)}

    store.newcomers.settle([ended(claim, NOW, **rest) for claim in claims])

    assert claimed(store, LATER) == []
    store.claims.free({claim.person.id: claim.owner for claim in claims})
    assert claimed(store, LATER) == ["e1", "e2"]


def test_what_cannot_be_unsealed_is_passed_by(store: Store) -> None:
    wait_for(
        store,
        NOW,
        "e1",
        "e2",
        mapper=said({"e1": Contact(email="a@example.com"), "e2": Contact(email="b@example.com")}),
    )
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET contact = '$sealed$gone$x' WHERE event_id = 'e1'")
        connection.exec_driver_sql("UPDATE identities SET sealed = '$sealed$gone$x' WHERE person_id = 2")

    assert found(store) == []

"""Persons with nothing but a phone number: the upstream's list has no filter for it."""

from dataclasses import replace

from delivery_kit import Rig, die

from app.sandbox import Fault
from app.store import Dismissal, Filter

PHONE = "+14155550100"
LOST = Fault("drop", times=1, after=True, method="POST")
LATE = Fault("error", times=1, after=True, method="POST", retry_after=60)  # whoever it strikes is not the next to look


def test_it_is_found_among_all_of_its_name(rig: Rig) -> None:
    rig.sandbox.faults.add(LOST)
    event_id = rig.add(phone=PHONE, name="Ada Example")

    rig.work()
    rig.later(seconds=10)

    queries = [request.query for request in rig.sandbox.requests.all() if request.method == "GET"]
    assert rig.event(event_id)["status"] == "delivered"
    assert [query["name"] for query in queries] == ["Ada Example"]
    assert len(rig.contacts()) == 1


def test_it_is_found_by_an_event_with_another_name(rig: Rig) -> None:
    rig.sandbox.faults.add(LATE)
    first = rig.add(phone=PHONE, name="Ada Example")
    rig.work()
    rig.clock.advance(seconds=30)

    second = rig.deliver("shop", phone=PHONE, name="Ada Sample")
    rig.later(seconds=30)

    assert second["reason"].startswith("found")
    assert rig.event(first)["status"] == "delivered"
    assert "found" not in rig.event(first)["reason"]
    assert len(rig.contacts()) == 1


def test_it_is_found_by_an_event_that_brings_an_address(rig: Rig) -> None:
    """The contact has no address yet: only the phone number finds it."""
    rig.sandbox.faults.add(LATE)
    first = rig.add(phone=PHONE)
    rig.work()
    rig.clock.advance(seconds=30)

    second = rig.deliver("shop", phone=PHONE, email="ada@example.com")
    rig.later(seconds=30)

    assert second["reason"].startswith("found")
    assert second["reason"].endswith("email")
    assert rig.event(first)["status"] == "delivered"
    assert "found" not in rig.event(first)["reason"]
    assert len(rig.contacts()) == 1


def test_it_is_found_by_an_event_that_goes_before_the_one_that_was_lost_in_a_crash(every_rig: Rig) -> None:
    """Nobody could write down that a request with nothing but the phone number was on its way."""
    rig = every_rig
    rig.clock.advance(hours=1)
    first = rig.add(phone=PHONE)
    rig.delivery.mapper.work()
    assert rig.store.claims.claim(rig.clock(), 1, ["main"])
    rig.sandbox.contacts["org_main"].create({"phone": PHONE})
    die(rig.store)
    rig.clock.advance(hours=-1)  # the clock was ahead: the lost one is due in an hour
    rig.work()

    second = rig.add("shop", phone=PHONE, email="ada@example.com")
    rig.later(minutes=1)

    assert rig.event(first)["status"] == "pending"
    assert rig.event(second)["reason"] == "found, email"
    assert len(rig.contacts()) == 1


def lost_in_a_crash(rig: Rig) -> str:
    """An event with nothing but a phone number, created upstream by a process that did not live to write it down."""
    event_id = rig.add(phone=PHONE)
    rig.delivery.mapper.work()
    (claim,) = rig.store.claims.claim(rig.clock(), 1, ["main"])
    rig.bridge.deliver(claim, rig.delivery.upstream)
    rig.store.claims.free({claim.person.id: claim.owner})
    return event_id


def test_it_is_found_though_the_event_that_was_lost_is_ignored_since(every_rig: Rig) -> None:
    rig = every_rig
    lost = lost_in_a_crash(rig)
    list(rig.store.dismissals.batches(Filter(event_ids=[lost]), Dismissal("ops", rig.clock())))

    second = rig.deliver("shop", phone=PHONE, email="ada@example.com")

    assert second["reason"] == "found, email"
    assert len(rig.contacts()) == 1


def test_it_is_found_though_the_event_that_was_lost_is_mapped_in_another_way_since(every_rig: Rig) -> None:
    rig = every_rig
    lost = lost_in_a_crash(rig)
    list(rig.store.replays.batches(Filter(event_ids=[lost]), rig.clock()))

    def corrected(event):
        org, mapped = rig.bridge.map(event)
        return org, replace(mapped, contact=replace(mapped.contact, email="ada@example.com"))

    rig.store.received.map(corrected, rig.clock())
    rig.work()

    assert rig.event(lost)["reason"] == "found, email"
    assert len(rig.contacts()) == 1


def test_whoever_is_refused_for_good_was_sent_nothing(every_rig: Rig) -> None:
    rig = every_rig
    rig.sandbox.faults.add(Fault("error", times=1, method="POST", status=422))
    rig.deliver(phone=PHONE)
    rig.add("shop", phone=PHONE, email="ada@example.com")
    rig.delivery.mapper.work()

    (claim,) = rig.store.claims.claim(rig.clock(), 1, ["main"])

    assert (claim.person.sent, claim.person.uncertain) == (frozenset(), False)


def test_it_is_found_on_the_last_of_many_pages(rig: Rig) -> None:
    rig.sandbox.faults.add(LOST)
    event_id = rig.add(phone=PHONE)
    rig.work()
    for number in range(230):
        rig.sandbox.contacts["org_main"].create({"email": f"person{number}@example.com"})

    rig.later(seconds=10)

    assert rig.event(event_id)["reason"] == "found"
    assert len(rig.contacts()) == 231


def test_a_namesake_is_not_taken_for_it(rig: Rig) -> None:
    rig.sandbox.contacts["org_main"].create({"name": "Ada Example", "phone": "+14155550199"})
    rig.sandbox.faults.add(Fault("drop", times=1, method="POST"))

    rig.deliver(phone=PHONE, name="Ada Example")
    rig.later(seconds=10)

    assert len(rig.contacts()) == 2


def test_whoever_has_an_address_is_not_looked_for_among_everybody(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("drop", times=1, method="POST"))

    rig.deliver(phone=PHONE, email="ada@example.com")
    rig.later(seconds=10)

    queries = [request.query for request in rig.sandbox.requests.all() if request.method == "GET"]
    assert [query.get("email") for query in queries] == ["ada@example.com"]

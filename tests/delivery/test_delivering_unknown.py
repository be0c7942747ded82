"""Nobody knows whether it was done: it is looked up before anything is sent again, and nobody is there twice."""

import pytest
from delivery_kit import PATIENCE, Rig, die, wait_for

from app.sandbox import Duplicates, Fault

LATE = Fault("hang", times=1, after=True, seconds=0.8, method="POST")
AFTER = {
    "dropped after it was made": Fault("drop", times=1, after=True, method="POST"),
    "half an answer": Fault("cut", times=1, method="POST"),
    "no answer in time": LATE,
    "a page": Fault("html", times=1, after=True, method="POST"),
    "no contact": Fault("no_contact", times=1, after=True, method="POST"),
    "an error": Fault("error", times=1, after=True, status=500, method="POST"),
    "a redirect": Fault("redirect", times=1, after=True, method="POST"),
}
BEFORE = {
    "dropped before": Fault("drop", times=1, method="POST"),
    "a page": Fault("html", times=1, method="POST"),
    "no contact": Fault("no_contact", times=1, method="POST"),
    "an error": Fault("error", times=1, status=502, method="POST"),
}


@pytest.mark.parametrize("duplicates", Duplicates)
@pytest.mark.parametrize("fault", AFTER.values(), ids=AFTER)
def test_it_finds_the_contact_that_was_made(rig: Rig, fault: Fault, duplicates: Duplicates) -> None:
    rig.sandbox.settings.duplicates = duplicates
    rig.sandbox.faults.add(fault)
    if fault is LATE:
        rig.hurry()
    event_id = rig.add(email="ada@example.com", name="Ada Example", vip=True)

    rig.work()
    first = rig.event(event_id)["status"]
    rig.later(seconds=10)

    assert first == "pending"
    assert rig.attempts(event_id)[0]["outcome"] == "unknown"
    assert rig.event(event_id)["status"] == "delivered"
    assert rig.event(event_id)["contact_id"] == rig.contacts()[0]["id"]
    assert rig.calls() == ["POST contacts", "GET contacts"]
    assert len(rig.contacts()) == 1


@pytest.mark.parametrize("fault", BEFORE.values(), ids=BEFORE)
def test_it_creates_only_after_it_found_nobody(rig: Rig, fault: Fault) -> None:
    rig.sandbox.faults.add(fault)
    event_id = rig.add(email="ada@example.com")

    rig.work()
    rig.later(seconds=10)

    assert rig.event(event_id)["status"] == "delivered"
    assert rig.calls() == ["POST contacts", "GET contacts", "POST contacts"]
    assert len(rig.contacts()) == 1


def test_it_creates_nobody_while_it_cannot_look(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("drop", times=1, after=True, method="POST"), Fault("html", method="GET"))
    event_id = rig.add(email="ada@example.com")

    rig.work()
    for _ in range(3):
        rig.later(hours=1)

    assert rig.event(event_id)["status"] == "pending"
    assert rig.calls() == ["POST contacts", *["GET contacts"] * 3]


def test_another_event_of_the_person_looks_too(rig: Rig) -> None:
    """The first one waits for its next try; the second one comes in between."""
    rig.sandbox.faults.add(Fault("drop", times=1, after=True, method="POST"))
    rig.deliver(email="ada@example.com")

    event_id = rig.add("shop", email="ada@example.com", phone="+14155550100")
    rig.work()  # from now on it is due: before the other one's next try
    rig.later(seconds=PATIENCE)

    event = rig.event(event_id)
    assert event["reason"] == "found, phone"
    assert len(rig.contacts()) == 1


def test_it_rests_as_long_again_for_what_may_still_be_carried_out(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("latency", times=1, seconds=0.9, method="POST"))  # made after nobody waits any more
    rig.hurry()
    rig.deliver(email="ada@example.com")

    too_soon = rig.deliver("shop", email="ada@example.com", phone="+14155550100")
    calls = rig.calls()
    wait_for(rig.contacts)
    rig.later(seconds=10)

    assert (too_soon["status"], calls) == ("pending", ["POST contacts"])
    assert set(rig.statuses().values()) == {"delivered"}
    assert len(rig.contacts()) == 1


def test_an_attachment_without_an_answer_is_not_attached_twice(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.sandbox.faults.add(Fault("drop", times=1, after=True, method="POST"))

    event_id = rig.add(email="ada@example.com", phone="+14155550100")
    rig.work()
    rig.later(seconds=10)

    assert rig.event(event_id)["status"] == "delivered"
    assert len(rig.contacts()) == 1
    assert len(rig.contacts()[0]["channels"]) == 2


def test_a_crash_between_the_request_and_its_record_begins_with_a_look(rig: Rig) -> None:
    event_id = rig.add(email="ada@example.com")
    rig.store.received.map(rig.bridge.map, rig.clock())
    claim = rig.store.claims.claim(rig.clock(), 1, ["main"])[0]
    rig.bridge.deliver(claim, rig.delivery.upstream)  # carried out, and then the process died
    die(rig.store)

    rig.later(minutes=6)  # it may have died a moment ago all the same, whatever the clock says
    leased = rig.calls()
    rig.later(seconds=5 * PATIENCE)

    assert leased == ["POST contacts"]
    assert rig.event(event_id)["status"] == "delivered"
    assert rig.calls() == ["GET contacts"]
    assert len(rig.contacts()) == 1


def test_a_known_contact_is_preferred_to_an_older_namesake(rig: Rig) -> None:
    """Two contacts had the address before the bridge came; it stays with the one that it knows."""
    stranger = rig.sandbox.contacts["org_main"].create({"email": "ada@example.com"})
    rig.clock.advance(minutes=1)
    mine = rig.deliver(email="ada@example.com")["contact_id"]
    rig.sandbox.faults.add(Fault("drop", times=1, method="POST"))

    event_id = rig.add(email="ada@example.com", phone="+14155550100")
    rig.work()
    rig.later(seconds=10)

    assert mine != stranger["id"]
    assert rig.event(event_id)["contact_id"] == mine

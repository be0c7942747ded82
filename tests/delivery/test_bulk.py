"""Many people who are new go out in one bulk create, and every other rule about them holds."""

import re
from typing import Any

import pytest
from bulk_kit import BULK, CROWD, DRY, BulkRig, everybody, person

from app import metrics
from app.bulk.folding import fold
from app.contact import Contact, Meaning
from app.differences import fields_sent
from app.mapping import Mapped
from app.sandbox import Duplicates
from app.store import Filter
from app.store.gaps import mark_restored
from app.webhook import EventStatus


def test_it_creates_everybody_in_two_requests(crowded: BulkRig) -> None:
    crowded.crowd(60)

    crowded.bulk()

    assert crowded.calls() == [DRY, BULK]
    assert set(crowded.statuses().values()) == {"delivered"}
    assert crowded.emails() == everybody(range(1, 61))
    contacts = {contact["channels"][0]["email"]: contact["id"] for contact in crowded.contacts()}
    assert {e["contact"]["email"]: e["contact_id"] for e in crowded.store.log.events(Filter(), 100)} == contacts
    assert {e["reason"] for e in crowded.store.log.events(Filter(), 100)} == {"created in bulk"}


def test_each_event_holds_its_own_part_of_the_call_and_nobody_elses(crowded: BulkRig) -> None:
    crowded.crowd(source="shop", vip=True)

    crowded.bulk()

    (attempt,) = crowded.attempts("e3")
    (exchange,) = attempt["exchanges"]
    assert (attempt["outcome"], exchange["path"], exchange["status"]) == ("delivered", "/contacts/bulk", 200)
    assert exchange["people"] == CROWD
    assert exchange["body"] == {
        "channels": [{"type": "email", "name": "Person 3", "email": "Person3@example.com"}],
        "segment_id": "seg_vip",
    }
    assert "Person3@example.com" in exchange["answer"]
    assert "Person4@example.com" not in exchange["answer"]


def test_what_comes_later_of_them_is_only_what_is_new(crowded: BulkRig) -> None:
    crowded.crowd()
    crowded.bulk()
    crowded.calls()

    nothing = crowded.deliver(**person(1))
    name = crowded.deliver(email="PERSON2@example.com", name="Another Name")
    phone = crowded.deliver(**person(3), phone="+14155550100")

    assert [nothing["reason"], name["reason"], phone["reason"]] == ["nothing new", "name", "phone"]
    assert [call.split("/")[0] for call in crowded.calls()] == ["PATCH contacts", "POST contacts"]
    assert len(crowded.contacts()) == CROWD


def test_people_of_one_segment_share_a_call(crowded: BulkRig) -> None:
    crowded.crowd(source="shop", vip=True)
    crowded.crowd()
    crowded.crowd(source="shop", new=True)

    crowded.bulk()

    assert crowded.calls() == [DRY, BULK] * 3
    assert set(crowded.statuses().values()) == {"delivered"}
    joined = [[segment["id"] for segment in contact["segments"]] for contact in crowded.contacts()]
    assert joined == [["seg_vip"]] * CROWD + [[]] * CROWD + [["seg_new"]] * CROWD


def test_people_with_an_e_mail_address_go_with_their_phone_and_id(crowded: BulkRig) -> None:
    for number in range(CROWD):
        crowded.add(**person(number), phone=f"+141555501{number:02}", user_id=f"u{number}")

    crowded.bulk()

    assert crowded.calls() == [DRY, BULK]
    channel = crowded.contacts()[0]["channels"][0]
    assert (channel["phone"], channel["user_id"]) == ("+14155550100", "u0")
    again = crowded.deliver(**person(0), phone="+14155550100", user_id="u0")
    assert again["reason"] == "nothing new"


def test_people_who_join_two_segments_go_alone(crowded: BulkRig) -> None:
    crowded.crowd(source="shop", vip=True, new=True)

    crowded.bulk()

    assert crowded.calls() == []


def test_whoever_the_answer_would_leave_something_to_do_for_goes_alone(crowded: BulkRig) -> None:
    """A number that is written otherwise than the upstream would write it: the delivery would attach it again."""
    contact = Contact(email="ada@example.com", phone="+1 415 555 0100")
    crowded.add(**person(0))
    mapped = Mapped(EventStatus.PENDING, contact=contact, meaning=Meaning.SIGNED_UP)
    crowded.store.received.map(lambda _: ("main", mapped), crowded.clock())

    (claim,) = crowded.store.newcomers.page("main", crowded.clock(), 10).claims

    assert fold(claim, crowded.bridge, crowded.delivery.upstream) is None


def test_too_few_to_be_worth_it_are_left_as_they_were(crowded: BulkRig) -> None:
    crowded.crowd(9)

    crowded.bulk()
    calls = crowded.calls()
    crowded.work()

    assert calls == []
    assert crowded.calls() == ["POST contacts"] * 9


ALONE: dict[str, dict[str, Any]] = {
    "has a phone only": {"phone": "+14155550100"},
    "said no": {**person(0), "consent": False},
    "joins two segments": {**person(0), "vip": True, "new": True},
    "names the contact": {**person(0), "contact_id": "given"},
}


@pytest.mark.parametrize("somebody", ALONE.values(), ids=ALONE)
def test_who_needs_more_than_a_create_goes_alone(crowded: BulkRig, somebody: dict[str, Any]) -> None:
    if "contact_id" in somebody:
        somebody = {
            **somebody,
            "contact_id": crowded.sandbox.contacts["org_main"].create({"email": "a@b.example"})["id"],
        }
    event_id = crowded.add(**somebody)
    crowded.crowd()

    crowded.bulk()
    after_bulk = crowded.event(event_id)
    sent = crowded.in_bulk()
    crowded.work()

    assert (after_bulk["status"], after_bulk["attempts"]) == ("pending", 0)
    assert len(sent) == CROWD
    assert set(crowded.statuses().values()) == {"delivered"}
    assert len(crowded.contacts()) == CROWD + 1


def test_who_said_no_before_they_signed_up_is_not_created_as_subscribed(crowded: BulkRig) -> None:
    crowded.deliver(type="unsubscribed", email="Person0@example.com", consent=False)
    event_id = crowded.add(**person(0))
    crowded.crowd()

    crowded.bulk()
    sent = crowded.in_bulk()
    crowded.work()

    assert "Person0@example.com" not in sent
    assert crowded.event(event_id)["reason"] == "created, unsubscribed"


def test_who_is_known_goes_alone(crowded: BulkRig) -> None:
    crowded.deliver(**person(0))
    crowded.add(email="person0@example.com", name="Another Name")
    crowded.crowd()

    crowded.bulk()

    assert "person0@example.com" not in crowded.in_bulk()
    assert len(crowded.contacts()) == CROWD + 1


def test_who_must_be_looked_up_goes_alone(crowded: BulkRig) -> None:
    event_id = crowded.add(**person(0))
    crowded.map()
    mark_restored(crowded.store.database, crowded.clock())
    crowded.crowd()

    crowded.bulk()
    calls = crowded.calls()
    crowded.work()

    assert calls == []
    assert crowded.event(event_id)["reason"] == "created"
    assert crowded.calls().count("GET contacts") >= CROWD + 1


def test_two_events_of_one_person_are_one_row_and_the_first_comes_first(crowded: BulkRig) -> None:
    first = crowded.add(**person(0))
    crowded.clock.advance(seconds=1)
    second = crowded.add(email="PERSON0@example.com", name="A Newer Name")
    crowded.crowd()

    crowded.bulk()

    assert (crowded.event(first)["status"], crowded.event(second)["status"]) == ("delivered", "pending")
    crowded.work()
    assert crowded.event(second)["reason"] == "name"
    assert len(crowded.contacts()) == CROWD + 1


def test_an_event_whose_elder_has_to_go_alone_waits_for_it(crowded: BulkRig) -> None:
    first = crowded.add(**person(0), consent=False)
    second = crowded.add(**person(0))
    crowded.crowd()

    crowded.bulk()

    assert (crowded.event(first)["status"], crowded.event(second)["status"]) == ("pending", "pending")
    assert len(crowded.in_bulk()) == CROWD


@pytest.mark.parametrize("duplicates", Duplicates)
def test_who_is_upstream_already_is_found_and_not_created_again(crowded: BulkRig, duplicates: Duplicates) -> None:
    crowded.sandbox.settings.duplicates = duplicates
    there = crowded.sandbox.contacts["org_main"].create({"email": "person5@example.com", "name": "From elsewhere"})
    ids = crowded.crowd()

    crowded.bulk()
    sent = crowded.in_bulk()
    crowded.work()

    assert len(sent) == CROWD - 1
    assert crowded.event(ids[4])["contact_id"] == there["id"]
    assert crowded.event(ids[4])["reason"] == "found, name"
    assert len(crowded.contacts()) == CROWD


def test_what_is_paused_does_not_go_out(crowded: BulkRig) -> None:
    crowded.crowd()
    crowded.crowd(source="shop")
    crowded.map()

    crowded.delivery.bulk.run("main", {"shop"})

    assert sorted(crowded.in_bulk()) == everybody(range(1, CROWD + 1))


def test_a_call_begins_small_and_doubles_while_it_is_quick(bulk_rig: BulkRig) -> None:
    bulk_rig.crowd(320)

    for _ in range(3):
        bulk_rig.bulk()

    calls = [r for r in bulk_rig.sandbox.requests.all() if r.path.endswith("/bulk")]
    first, second, *_ = [len(call.body["channels"]) for call in calls]
    assert (first, second) == (100, 200)
    assert len(bulk_rig.contacts()) == 320


def test_a_replay_is_compared_with_what_was_sent_in_bulk(crowded: BulkRig) -> None:
    crowded.sandbox.contacts["org_main"].create({"email": "person5@example.com"})
    crowded.crowd(vip=True)
    crowded.bulk()

    sent = {kept.event.event_id: crowded.store.archive.last_sent(kept.row) for kept in crowded.store.archive.latest(99)}

    assert fields_sent(sent["e1"]) == {
        "name": "Person 1", "email": "Person1@example.com", "segment_ids": ["seg_vip"],
    }  # fmt: skip
    assert sent["e5"] == []  # somebody asked whether it is new, and no more


def test_metrics_tell_how_many_people_went_out_in_bulk(bulk_rig: BulkRig) -> None:
    before = _counted(bulk_rig)

    bulk_rig.crowd(30)
    bulk_rig.bulk()

    assert {name: count - before.get(name, 0) for name, count in _counted(bulk_rig).items()} == {
        'bulk_people_total{org="main",outcome="delivered"}': 30,
        'attempts_total{org="main",outcome="delivered"}': 30,
    }


def _counted(rig: BulkRig) -> dict[str, int]:
    """What was counted of deliveries, by name and labels."""
    text = metrics.exposition(rig.store, rig.clock().timestamp()).decode()
    found = re.findall(r'(?m)^contact_bridge_(\w+_total\{org="main",outcome="delivered"\}) (\d+)', text)
    return {name: int(count) for name, count in found}

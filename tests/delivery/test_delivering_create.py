"""Who is unknown is created; of who is known, only what is new goes out."""

import pytest
from delivery_kit import Rig, config

from app.sandbox import Fault

ADA = {"user_id": "u1", "name": "Ada Example", "email": "ada@example.com", "phone": "+14155550100"}


def test_it_creates_an_unknown_person_with_exactly_the_documented_body(rig: Rig) -> None:
    event = rig.deliver(**ADA, vip=True)

    request = rig.sandbox.requests.all()[-1]
    assert event["status"] == "delivered"
    assert event["reason"] == "created"
    assert rig.bodies() == [{"channel": ADA, "segment_ids": ["seg_vip"]}]
    assert request.path == "/orgs/c/contacts"
    assert request.idempotency_key
    assert event["contact_id"] == rig.contacts()[0]["id"]
    assert rig.calls() == ["POST contacts"]


def test_it_leaves_out_what_it_does_not_know(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")

    assert rig.bodies() == [{"channel": {"email": "ada@example.com"}, "segment_ids": []}]


def test_it_names_the_organization_where_one_is_configured(local_store, sandbox, clock) -> None:
    rig = Rig(local_store, sandbox, clock, config(sandbox.url, org_id="org_main"))

    rig.deliver(**ADA)

    assert rig.sandbox.requests.all()[0].path == "/orgs/org_main/contacts"
    rig.close()


def test_it_sends_nothing_if_nothing_is_new(rig: Rig) -> None:
    rig.deliver(**ADA, vip=True)
    rig.calls()

    event = rig.deliver("shop", **ADA, vip=True)

    assert event["status"] == "delivered"
    assert event["reason"] == "nothing new"
    assert rig.calls() == []


def test_it_knows_an_address_in_other_capitals(rig: Rig) -> None:
    rig.deliver(email="Ada@example.com")
    rig.calls()

    rig.deliver(email="ADA@example.com")

    assert rig.calls() == []


def test_it_patches_only_the_name_that_changed(rig: Rig) -> None:
    rig.deliver(**ADA)
    rig.calls()

    rig.deliver(email=ADA["email"], name="Ada Sample")

    assert rig.bodies("PATCH") == [{"name": "Ada Sample"}]
    assert rig.calls() == [f"PATCH contacts/{rig.contacts()[0]['id']}"]


def test_it_joins_each_missing_segment_once(rig: Rig) -> None:
    rig.deliver(**ADA, vip=True)
    rig.calls()

    event = rig.deliver(email=ADA["email"], vip=True, new=True)
    rig.deliver(email=ADA["email"], vip=True, new=True)

    assert event["reason"] == "segment seg_new"
    assert rig.calls() == [f"POST contacts/{rig.contacts()[0]['id']}/segments/seg_new"]


@pytest.mark.parametrize(
    ("first", "then", "channel"),
    [
        ({"email": "ada@example.com"}, "phone", {"phone": "+14155550100"}),
        ({"phone": "+14155550100"}, "email", {"email": "ada@example.com"}),
        ({"email": "ada@example.com"}, "user_id", {"user_id": "u1", "email": "ada@example.com"}),
    ],
)
def test_it_attaches_a_further_identity_to_the_contact(rig: Rig, first, then, channel) -> None:
    rig.deliver(**first)
    rig.calls()

    event = rig.deliver(**first, **{then: ADA[then]})
    contact_id = rig.contacts()[0]["id"]
    attached = rig.bodies()
    rig.deliver(**first, **{then: ADA[then]})

    assert event["reason"] == then.replace("_", " ")
    assert attached == [{"channel": {"contact_id": contact_id, **channel}, "segment_ids": []}]
    assert rig.calls() == ["POST contacts"]
    assert len(rig.contacts()) == 1


def test_it_attaches_what_another_event_brought_while_the_first_was_waiting(rig: Rig) -> None:
    """Both are tied to one person before the contact exists, and the create carries only the first one's."""
    rig.add(user_id="u1", email="ada@example.com")
    rig.add("shop", user_id="u1", phone="+14155550100")

    rig.work()

    channels = rig.contacts()[0]["channels"]
    assert len(rig.contacts()) == 1
    assert {channel["phone"] for channel in channels} == {None, "+14155550100"}


def test_it_attaches_to_a_contact_that_the_sender_names(rig: Rig) -> None:
    known = rig.sandbox.contacts["org_main"].create({"email": "old@example.com"})

    event = rig.deliver(email="ada@example.com", contact_id=known["id"])

    assert event["contact_id"] == known["id"]
    assert len(rig.contacts()) == 1
    assert rig.contacts()[0]["channels"][1]["email"] == "ada@example.com"


def test_it_does_not_create_somebody_whose_address_is_another_persons(rig: Rig) -> None:
    rig.deliver(type="unsubscribed", user_id="u1")  # a person that the upstream does not know
    rig.deliver(email="ada@example.com")

    rig.deliver(user_id="u1", email="ada@example.com")

    assert len(rig.contacts()) == 1


def test_its_idempotency_key_is_the_same_for_each_try_and_another_for_each_event(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("drop", times=1))
    event_id = rig.add(email="ada@example.com")
    rig.work()
    rig.later(minutes=5)
    rig.deliver(email="bo@example.org")

    keys = [r.idempotency_key for r in rig.sandbox.requests.all() if r.method == "POST"]
    assert rig.event(event_id)["status"] == "delivered"
    assert len(keys) == 3
    assert keys[0] == keys[1] != keys[2]


def test_a_request_to_be_forgotten_sends_nothing_and_calls_for_a_human(rig: Rig) -> None:
    contact_id = rig.deliver(**ADA)["contact_id"]
    rig.calls()

    event = rig.deliver(type="erase", email=ADA["email"], name="Other Name", phone="+14155550199")

    assert event["status"] == "failed"
    assert contact_id in event["reason"]
    assert rig.calls() == []

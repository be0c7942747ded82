"""A person that the upstream knows and the bridge does not: looked up, adopted, updated."""

import pytest
from delivery_kit import Rig, config
from delivery_wire import RawServer, answer

from app.sandbox import Duplicates, Fault

CONFLICTS = (Duplicates.CONFLICT, Duplicates.BAD_REQUEST)


@pytest.mark.parametrize("duplicates", CONFLICTS)
def test_it_looks_a_conflict_up_by_user_id_and_updates_the_contact(rig: Rig, duplicates: Duplicates) -> None:
    rig.sandbox.settings.duplicates = duplicates
    known = rig.sandbox.contacts["org_main"].create({"user_id": "u1", "name": "Old Name", "email": "old@example.com"})

    event = rig.deliver(user_id="u1", name="Ada Example", email="ada@example.com", vip=True)

    contact = rig.contacts()[0]
    assert event["contact_id"] == known["id"]
    assert event["reason"] == "found, name, email, segment seg_vip"
    assert contact["name"] == "Ada Example"
    assert [channel["email"] for channel in contact["channels"]] == ["old@example.com", "ada@example.com"]
    assert rig.calls() == [
        "POST contacts",
        "GET contacts",
        f"PATCH contacts/{known['id']}",
        "POST contacts",
        f"POST contacts/{known['id']}/segments/seg_vip",
    ]


@pytest.mark.parametrize("duplicates", CONFLICTS)
def test_it_looks_a_conflict_up_by_email_where_the_user_id_is_not_known(rig: Rig, duplicates: Duplicates) -> None:
    rig.sandbox.settings.duplicates = duplicates
    known = rig.sandbox.contacts["org_main"].create({"email": "ADA@example.com"})

    event = rig.deliver(user_id="u1", email="ada@example.com")

    queries = [request.query for request in rig.sandbox.requests.all() if request.method == "GET"]
    assert event["contact_id"] == known["id"]
    assert [next(iter(query.items())) for query in queries] == [("user_id", "u1"), ("email", "ada@example.com")]
    assert len(rig.contacts()) == 1


def test_it_takes_the_same_contact_back_as_the_persons_own(rig: Rig) -> None:
    rig.sandbox.settings.duplicates = Duplicates.SAME
    known = rig.sandbox.contacts["org_main"].create({"name": "Old Name", "email": "ada@example.com"})

    event = rig.deliver(user_id="u1", name="Ada Example", email="ada@example.com", phone="+14155550100", vip=True)

    contact = rig.contacts()[0]
    assert event["contact_id"] == known["id"]
    assert contact["name"] == "Ada Example"
    assert [segment["id"] for segment in contact["segments"]] == ["seg_vip"]
    assert {channel["phone"] for channel in contact["channels"]} == {None, "+14155550100"}
    assert {channel["user_id"] for channel in contact["channels"]} == {None, "u1"}


def test_it_fails_with_words_when_a_conflict_cannot_be_found(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=409, method="POST"))

    event = rig.deliver(email="ada@example.com")

    assert event["status"] == "failed"
    assert "no contact with its user id or e-mail is found" in event["reason"]


def test_it_takes_the_oldest_of_several_and_says_so(rig: Rig) -> None:
    rig.sandbox.settings.duplicates = Duplicates.SECOND
    book = rig.sandbox.contacts["org_main"]
    oldest = book.create({"email": "ada@example.com"})
    rig.clock.advance(minutes=1)
    book.create({"email": "ada@example.com"})
    rig.sandbox.settings.duplicates = Duplicates.CONFLICT

    event = rig.deliver(email="ada@example.com")

    assert event["contact_id"] == oldest["id"]
    assert event["notes"] == ["the upstream has 2 contacts of this person; the oldest was taken"]


def test_it_asks_with_the_address_as_it_was_written_too(rig: Rig) -> None:
    """A filter may be particular about capitals."""
    rig.sandbox.faults.add(Fault("error", status=409, method="POST"))

    rig.deliver(email="Ada@example.com")

    asked = [request.query.get("email") for request in rig.sandbox.requests.all() if request.method == "GET"]
    assert asked == ["Ada@example.com", "ada@example.com"]


def test_an_address_that_another_contact_has_is_noted_and_not_sent_again(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.sandbox.faults.add(Fault("error", status=409, method="POST", times=1))

    event = rig.deliver(email="ada@example.com", phone="+14155550100", vip=True)
    rig.calls()
    rig.deliver(email="ada@example.com", phone="+14155550100")

    assert event["status"] == "delivered"
    assert event["notes"] == ["the upstream has its phone with another contact"]
    assert rig.calls() == []


def test_a_segment_that_it_is_in_already_is_no_failure(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.sandbox.faults.add(Fault("error", status=409, path_contains="/segments/", times=1))

    event = rig.deliver(email="ada@example.com", vip=True)

    assert event["status"] == "delivered"


def test_a_filter_that_is_not_honoured_proves_nothing(local_store, clock) -> None:
    """Every page is full of strangers: the person may be on the next one, so nobody is created."""
    server = RawServer(
        [answer(b'{"message": "duplicate"}', status="409 Conflict")],
        *([answer(b'[{"id": "c%d"}]' % page)] for page in range(60)),
    )
    rig = Rig(local_store, server, clock, config(server.url))

    event = rig.deliver(email="ada@example.com")

    assert event["status"] == "failed"
    assert "cannot tell whether this contact exists" in event["reason"]
    assert sum(asked.startswith("POST") for asked in server.asked) == 1
    rig.close()
    server.close()

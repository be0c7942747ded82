"""A contact that was known and is gone: looked for again, once."""

from delivery_kit import Rig

from app.sandbox import Fault


def forget(rig: Rig) -> None:
    rig.sandbox.contacts["org_main"].clear()
    rig.calls()


def test_it_creates_a_contact_again_that_was_deleted_upstream(rig: Rig) -> None:
    before = rig.deliver(email="ada@example.com", name="Ada Example", vip=True)["contact_id"]
    forget(rig)

    event = rig.deliver(email="ada@example.com", name="Ada Sample", vip=True)

    assert event["status"] == "delivered"
    assert event["contact_id"] == rig.contacts()[0]["id"] != before
    assert rig.contacts()[0]["name"] == "Ada Sample"
    assert [segment["id"] for segment in rig.contacts()[0]["segments"]] == ["seg_vip"]
    assert rig.calls() == [f"PATCH contacts/{before}", "GET contacts", "POST contacts"]


def test_it_adopts_the_contact_that_it_was_merged_into(rig: Rig) -> None:
    before = rig.deliver(email="ada@example.com")["contact_id"]
    forget(rig)
    other = rig.sandbox.contacts["org_main"].create({"email": "ada@example.com", "name": "Ada"})

    event = rig.deliver(email="ada@example.com", vip=True)

    assert event["contact_id"] == other["id"] != before
    assert len(rig.contacts()) == 1


def test_it_looks_only_once(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.calls()
    rig.sandbox.faults.add(Fault("error", status=404, path_contains="/segments/"))

    event = rig.deliver(email="ada@example.com", vip=True)

    assert event["status"] == "failed"
    assert "404" in event["reason"]
    assert [call.split("/")[0] for call in rig.calls()] == ["POST contacts", "GET contacts", "POST contacts"]


def test_it_does_not_look_for_whom_it_never_knew(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=404))

    event = rig.deliver(email="ada@example.com")

    assert event["status"] == "failed"
    assert rig.calls() == ["POST contacts"]


def test_an_unsubscription_of_somebody_who_is_gone_creates_nobody(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    forget(rig)

    event = rig.deliver(type="unsubscribed", email="ada@example.com")

    assert event["status"] == "ignored"
    assert "nobody upstream" in event["reason"]
    assert rig.contacts() == []

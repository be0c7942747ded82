"""A key was lost and given up: nobody becomes two contacts, and whoever asked to be forgotten is."""

from delivery_kit import MakeRig, Rig

from app.store import all_receipts
from app.store.keyring import new_key
from app.store.lost_key import LostKey
from app.store.seal import Seal

LOST, NEW = new_key(), new_key()
MIRA = {"email": "mira@sealed.example", "name": "Mira Okonkwo", "phone": "+14155552671", "user_id": "shop:7731"}


def give_up(rig: Rig) -> None:
    LostKey(rig.store.database, Seal([LOST]).marks[0]).give_up(rig.clock())


def test_nobody_is_made_twice_after_a_key_was_given_up(rig_with: MakeRig) -> None:
    rig_with(LOST).deliver(**MIRA)
    rig_with(LOST).deliver(id="e11", phone="+14155550100")
    rig = rig_with(NEW)
    give_up(rig)

    statuses = [
        rig.deliver(id="e12", email=MIRA["email"])["status"],
        rig.deliver(id="e13", user_id=MIRA["user_id"], email="mira@work.example")["status"],
        rig.deliver(id="e14", phone="+14155550100")["status"],
        rig.deliver(id="e15", email="new@sealed.example")["status"],
    ]

    assert statuses == ["delivered"] * 4
    assert len(rig.contacts()) == 3


def test_somebody_who_lost_one_of_several_names_is_made_no_second_time(rig_with: MakeRig) -> None:
    rig_with(LOST).deliver(email=MIRA["email"], user_id=MIRA["user_id"])
    rig_with(NEW, LOST).deliver(id="e11", user_id=MIRA["user_id"], phone=MIRA["phone"])
    rig = rig_with(NEW)
    give_up(rig)

    rig.deliver(id="e12", **MIRA)
    rig.deliver(id="e13", email=MIRA["email"])

    [contact] = rig.contacts()
    assert set(rig.statuses().values()) == {"delivered"}
    assert sorted(kind for channel in contact["channels"] for kind in ("email", "phone") if channel.get(kind)) == [
        "email", "phone",
    ]  # fmt: skip


def test_a_request_to_be_forgotten_waits_for_the_key_and_is_met_when_it_is_given_up(rig_with: MakeRig) -> None:
    rig_with(LOST).deliver(email="ben@sealed.example")
    rig = rig_with(NEW)
    rig.deliver(id="e20", **MIRA)
    rig.deliver(id="e21", type="erase", email=MIRA["email"])
    waiting = rig.event("e21")
    rig.later(minutes=5)
    tries = len(rig.attempts("e21"))

    give_up(rig)
    rig.work()

    met = rig.event("e21")
    assert (waiting["status"], waiting["attempts"], tries) == ("pending", 0, 1)
    assert f"the encryption key with the mark {Seal([LOST]).marks[0]}" in waiting["reason"]
    assert met["status"] == "failed"
    assert met["reason"].startswith("erased here; delete the contact")
    assert rig.event("e20")["contact"] is None
    assert [receipt.persons for receipt in all_receipts(rig.store.database)] == [1, 1]


def test_a_request_to_be_forgotten_that_could_not_be_read_for_want_of_a_name_is_met_too(rig_with: MakeRig) -> None:
    rig_with(LOST).deliver(**MIRA)
    rig = rig_with(NEW, LOST)
    rig.add(id="e21", type="erase", email=MIRA["email"])
    rig.delivery.mapper.work()
    rig = rig_with(NEW)
    rig.work()
    before = rig.event("e21")["status"]
    give_up(rig)
    rig.work()

    assert before == "failed"
    assert rig.event("e21")["reason"].startswith("erased here; delete the contact")

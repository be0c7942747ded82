"""Events that ask to be forgotten: what is erased here, how they settle, and who has to be deleted by hand."""

import pytest
from delivery_kit import Rig
from forgetting_kit import BY_HAND, contents, names, sealed

from app.sandbox import Fault
from app.store import all_receipts
from app.store.tables import persons

ZOE = {"email": "zoe.adler@example.com", "name": "Zoe Adler", "phone": "+41446681800"}


def test_it_erases_the_person_and_names_the_contact_to_delete(every_rig: Rig) -> None:
    contact_id = every_rig.deliver(**ZOE)["contact_id"]
    every_rig.deliver("shop", **ZOE, vip=True)
    assert names(every_rig) or sealed(every_rig)

    event = every_rig.deliver(type="erase", email=ZOE["email"])

    assert (event["status"], event["reason"]) == ("failed", f"erased here; delete the contact {contact_id} {BY_HAND}")
    assert names(every_rig) == []
    assert every_rig.attempts(event["event_id"])[0]["exchanges"] is None
    (receipt,) = all_receipts(every_rig.store.database)
    assert (receipt.persons, receipt.payloads, receipt.contact_ids) == (1, 3, (contact_id,))
    assert receipt.asked_by == "the source form"


def test_it_looks_for_a_contact_of_somebody_whom_it_does_not_know(rig: Rig) -> None:
    contact = rig.sandbox.contacts["org_main"].create({"email": ZOE["email"], "name": "Zoe"})

    event = rig.deliver(type="erase", email=ZOE["email"])

    assert event["status"] == "failed"
    assert contact["id"] in event["reason"]
    assert names(rig) == []


def test_it_is_done_where_nobody_is_upstream(rig: Rig) -> None:
    event = rig.deliver(type="erase", email=ZOE["email"])

    assert (event["status"], event["reason"]) == ("delivered", "erased here; nobody upstream")
    assert names(rig) == []


@pytest.mark.parametrize("known", [False, True])
def test_its_receipt_counts_whom_the_bridge_knew_before(every_rig: Rig, *, known: bool) -> None:
    if known:
        every_rig.sandbox.faults.add(Fault("error", status=400, times=1))
        assert every_rig.deliver(email=ZOE["email"])["status"] == "failed"

    every_rig.deliver(type="erase", email=ZOE["email"])

    (receipt,) = all_receipts(every_rig.store.database)
    assert (receipt.persons, receipt.identities, receipt.payloads) == (known, known, 1 + known)


def test_it_tries_again_while_the_upstream_cannot_say_who_that_is(rig: Rig) -> None:
    rig.sandbox.contacts["org_main"].create({"email": ZOE["email"], "name": "Zoe"})
    rig.sandbox.faults.add(Fault("error", status=503, times=1))

    event = rig.deliver(type="erase", email=ZOE["email"])

    assert event["status"] == "pending"
    assert names(rig) or sealed(rig)
    rig.finish()
    assert rig.event(event["event_id"])["status"] == "failed"
    assert names(rig) == []


def test_it_erases_both_persons_whom_it_names(every_rig: Rig) -> None:
    one = every_rig.deliver(user_id="u-7064055069", email="work@example.com")["contact_id"]
    other = every_rig.deliver(**ZOE)["contact_id"]

    event = every_rig.deliver(type="erase", user_id="u-7064055069", email=ZOE["email"])

    assert one in event["reason"]
    assert other in event["reason"]
    assert names(every_rig) == []
    assert "work@example.com" not in contents(every_rig)


def test_it_waits_while_somebody_else_whom_it_names_is_being_delivered(every_rig: Rig) -> None:
    every_rig.deliver(user_id="u-7064055069", email="work@example.com")
    every_rig.deliver(**ZOE)
    other = every_rig.event("e2")
    with every_rig.store.database.writing() as connection:
        zoe = persons.c.contact_id == other["contact_id"]
        connection.execute(persons.update().where(zoe).values(lease_owner=every_rig.store.life.hold()))

    event = every_rig.deliver(type="erase", user_id="u-7064055069", email=ZOE["email"])

    assert (event["status"], event["attempts"]) == ("pending", 0)
    with every_rig.store.database.writing() as connection:
        connection.execute(persons.update().where(zoe).values(lease_owner=None))
    every_rig.later(minutes=1)
    assert every_rig.event(event["event_id"])["status"] == "failed"
    assert names(every_rig) == []


def test_who_comes_back_later_is_found_and_not_made_twice(every_rig: Rig) -> None:
    contact_id = every_rig.deliver(**ZOE)["contact_id"]
    every_rig.deliver(type="erase", email=ZOE["email"])
    every_rig.later(minutes=1)
    every_rig.calls()

    event = every_rig.deliver(**ZOE)

    assert (event["status"], event["contact_id"]) == ("delivered", contact_id)
    assert every_rig.calls()[0] == "GET contacts"
    assert len(every_rig.contacts()) == 1


def test_who_comes_back_with_the_phone_and_a_new_user_id_is_found_by_the_phone(every_rig: Rig) -> None:
    contact_id = every_rig.deliver(**ZOE)["contact_id"]
    every_rig.deliver(type="erase", email=ZOE["email"])
    every_rig.later(minutes=1)

    event = every_rig.deliver(user_id="new-1", phone=ZOE["phone"])

    assert (event["status"], event["contact_id"]) == ("delivered", contact_id)
    assert len(every_rig.contacts()) == 1


def test_what_happened_before_the_erasure_does_not_bring_anybody_back(rig: Rig) -> None:
    rig.deliver(**ZOE)
    rig.deliver(type="erase", email=ZOE["email"])
    rig.later(minutes=1)

    event = rig.deliver(**ZOE, ago=3600)

    assert event["status"] == "ignored"
    assert names(rig) == []


def test_asking_a_second_time_does_no_harm(rig: Rig) -> None:
    rig.deliver(**ZOE)
    rig.deliver(type="erase", email=ZOE["email"])
    rig.later(minutes=1)

    event = rig.deliver(type="erase", email=ZOE["email"])

    assert event["status"] == "failed"  # the contact is still upstream
    assert names(rig) == []

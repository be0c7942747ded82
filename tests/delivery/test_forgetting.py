"""Events that ask to be forgotten: what is erased here, how they settle, and who has to be deleted by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from delivery_kit import KEY, Rig

from app.config import loads
from app.sandbox import Fault
from app.store import Arrival, Filter, all_receipts
from app.store.clearing import Clearing
from app.store.columns import seal_of
from app.store.tables import events, persons
from app.webhook import Event, EventStatus

ZOE = {"email": "zoe.adler@example.com", "name": "Zoe Adler", "phone": "+41446681800"}
BY_HAND = "upstream by hand: its API documents no delete"


def contents(rig: Rig) -> str:
    """Everything that the database says of events, attempts, persons and receipts."""
    with rig.store.database.reading() as connection:
        tables = ("events", "attempts", "persons", "identities", "receipts", "tombstones")
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
    return str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for table in rows for row in table])


def sealed(rig: Rig) -> bool:
    """In a run with encryption at rest nothing is there in plain to begin with."""
    return seal_of(rig.store.database.engine.dialect).on


def names(rig: Rig) -> list[str]:
    return [trace for trace in ("zoe", "adler", "446681800") if trace in contents(rig).lower()]


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


SHOPS = f"""
[orgs.main]
api_key = "{KEY}"
[sources.shop]
provider = "shopify"
secret = "secret-of-the-shop"
[sources.form]
provider = "relay"
auth = "none"
event_id = "id"
"""


@pytest.fixture
def shop(store, sandbox, clock) -> Iterator[Rig]:
    """A shop and a form of one organization."""
    rig = Rig(store, sandbox, clock, loads(f'[upstream]\nbase_url = "{sandbox.url}"\n{SHOPS}', {}, Path()))
    yield rig
    rig.close()


def bought(rig: Rig, event_id: str, topic: str = "customers/create", **payload: Any) -> None:
    """Keep an event of the shop as if it had come in."""
    event = Event("shop", event_id, topic, rig.clock(), json.dumps(payload).encode())
    rig.store.inbox.add(Arrival(rig.clock(), [(event, EventStatus.RECEIVED, None)]))


def test_a_shop_that_is_redacted_takes_along_what_only_it_told(shop: Rig) -> None:
    bought(shop, "c1", id=7064055061, email="zoe.adler@example.com", first_name="Zoe", last_name="Adler")
    bought(shop, "c2", id=7064055062, email="ben@example.com", first_name="Ben", last_name="Berg")
    bought(shop, "c3", "app/uninstalled", email="owner@example.com")
    shop.work()
    form = shop.add("form", id="f1", email="ben@example.com")
    shop.work()
    contact_id = shop.event("c1")["contact_id"]

    bought(shop, "redact", "shop/redact", shop_id=954889, shop_domain="zoe-shop.example.com")
    shop.later(minutes=1)

    event = shop.event("redact")
    assert (event["status"], event["reason"]) == ("failed", f"erased here; delete the contact {contact_id} {BY_HAND}")
    assert [trace for trace in ("zoe", "adler", "berg", "owner@") if trace in contents(shop).lower()] == []
    assert shop.statuses() | {"redact": ""} == {
        "c1": "delivered", "c2": "delivered", "c3": "ignored", form: "delivered", "redact": "",
    }  # fmt: skip
    assert [row["event_id"] for row in shop.store.log.events(Filter(person="ben@example.com"))] == [form]
    assert sum(receipt.persons for receipt in all_receipts(shop.store.database)) == 1


def test_what_a_shop_sends_after_it_was_redacted_is_kept(shop: Rig) -> None:
    bought(shop, "c1", id=7064055061, email="zoe.adler@example.com")
    bought(shop, "redact", "shop/redact", shop_id=954889)
    bought(shop, "c2", id=7064055062, email="ben@example.com")

    shop.work()
    shop.later(minutes=2)  # the first customer may have been under way when the redaction came

    assert shop.event("redact")["status"] in ("delivered", "failed")  # failed: a human deletes that contact upstream
    assert shop.event("c1")["contact"] is None
    assert shop.event("c2")["status"] == "delivered"
    assert shop.event("c2")["contact"]["email"] == "ben@example.com"


def test_a_shop_is_redacted_when_whom_it_is_delivering_is_done(shop: Rig) -> None:
    bought(shop, "c1", id=7064055061, email="zoe.adler@example.com")
    shop.work()
    with shop.store.database.writing() as connection:
        connection.execute(persons.update().values(lease_owner="somebody"))
    bought(shop, "redact", "shop/redact", shop_id=954889)

    shop.work()

    assert shop.event("redact")["status"] == "pending"
    with shop.store.database.writing() as connection:
        connection.execute(persons.update().values(lease_owner=None))
    shop.later(minutes=2)
    assert shop.event("redact")["status"] == "failed"
    assert names(shop) == []


def test_a_shop_that_cannot_be_redacted_says_so(shop: Rig) -> None:
    class Broken(Clearing):
        def clear(self, errand, now, most=1):
            raise ZeroDivisionError

    shop.store.clearing = Broken(shop.store.database)
    bought(shop, "redact", "shop/redact", shop_id=954889)

    shop.work()

    event = shop.event("redact")
    assert (event["status"], event["reason"]) == ("failed", "an error in the bridge itself: ZeroDivisionError")


def test_a_request_for_somebodys_data_waits_for_a_human(shop: Rig) -> None:
    bought(shop, "data", "customers/data_request", customer={"id": 1, "email": "zoe.adler@example.com"})

    shop.work()

    event = shop.event("data")
    assert event["status"] == "failed"
    assert "contact-bridge events --person" in event["reason"]
    assert "zoe" not in event["reason"]


def test_a_redacted_customer_is_erased(shop: Rig) -> None:
    bought(shop, "c1", id=7064055061, email="zoe.adler@example.com", first_name="Zoe")
    shop.work()

    redacted = {"id": 7064055061, "email": "zoe.adler@example.com", "phone": "+41446681800"}
    bought(shop, "r1", "customers/redact", shop_id=954889, customer=redacted, orders_to_redact=[299938])
    shop.work()

    assert shop.event("r1")["status"] == "failed"
    assert names(shop) == []
    with shop.store.database.reading() as connection:
        assert not connection.execute(events.select().where(events.c.body.is_not(None))).all()

"""A shop that asks to be forgotten, or one of its customers: Shopify's redact topics."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from delivery_kit import KEY, Rig
from forgetting_kit import BY_HAND, contents, names

from app.config import loads
from app.store import Arrival, Filter, all_receipts
from app.store.clearing import Clearing
from app.store.tables import events, persons
from app.webhook import Event, EventStatus

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

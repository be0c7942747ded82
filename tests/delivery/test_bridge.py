"""Receiving: handshake, verify, read, keep, in that order."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from app.bridge import Bridge, Receipt
from app.config import Source, loads
from app.errors import (
    Cause,
    NoContactError,
    PayloadError,
    StoreUnavailableError,
    UnknownSourceError,
    UnsupportedMediaError,
    VerificationError,
)
from app.providers import providers
from app.share import Share
from app.signatures import Bearer
from app.store import Filter, Store
from app.webhook import Reply, Webhook

CONFIG = """
[orgs.main]
api_key = "key"
[sources.relay]
provider = "relay"
auth = "bearer"
secret = "right-secret-of-relay"
event_id = "id"
event_type = "type"
events = ["signed up"]
[sources.strict]
provider = "relay"
auth = "bearer"
secret = "right-secret-of-strict"
strict = true
"""
Receipts = list[Receipt]


@pytest.fixture
def bridge(local_store: Store, clock) -> Bridge:
    return Bridge(loads(CONFIG, {}, Path()), local_store, clock)


def post(body: object, secret: str = "right-secret-of-relay", content_type: str = "application/json") -> Webhook:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook(body=data, headers={"authorization": f"Bearer {secret}", "content-type": content_type})


def receive(bridge: Bridge, body: object, name: str = "relay") -> Receipts:
    received = bridge.receive(name, post(body, f"right-secret-of-{name}"))
    assert isinstance(received, list)
    return received


def kept(bridge: Bridge) -> list[tuple[str, str]]:
    return [(event["event_id"], event["status"]) for event in bridge.store.log.events(Filter())]


def test_it_keeps_a_genuine_event_as_it_came_and_rings(bridge: Bridge) -> None:
    body = b'{ "id": 1,  "email": "ada@example.com" }'

    receipt = receive(bridge, body)[0]

    event = bridge.store.log.event("relay", "1")
    assert receipt.status == "accepted"
    assert event is not None
    assert event.body == body
    assert kept(bridge) == [("1", "received")]
    assert bridge.store.bell.wait(0)


def test_a_duplicate_is_kept_once_and_rings_nobody(bridge: Bridge) -> None:
    receive(bridge, {"id": 1})
    bridge.store.bell.wait(0)

    receipt = receive(bridge, {"id": 1, "more": True})[0]

    assert receipt.status == "duplicate"
    assert kept(bridge) == [("1", "received")]
    assert not bridge.store.bell.wait(0)


def test_it_keeps_every_event_of_a_webhook(bridge: Bridge) -> None:
    receive(bridge, {"id": 2})

    receipts = receive(bridge, [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 3}])

    assert [receipt.status for receipt in receipts] == ["accepted", "duplicate", "accepted", "duplicate"]
    assert sorted(kept(bridge)) == [("1", "received"), ("2", "received"), ("3", "received")]


def test_an_ignored_type_is_kept_with_the_reason_and_rings_nobody(bridge: Bridge) -> None:
    receipt = receive(bridge, {"id": 1, "type": "updated"})[0]

    event = bridge.store.log.events(Filter())[0]
    assert receipt.status == "ignored"
    assert receipt.reason == event["reason"] == "updated is not among the events of this source"
    assert event["status"] == "ignored"
    assert not bridge.store.bell.wait(0)


def test_an_unknown_source_is_refused(bridge: Bridge) -> None:
    with pytest.raises(UnknownSourceError):
        bridge.receive("nobody", post({"id": 1}))


@pytest.mark.parametrize("body", [b'{"id": 1}', b"junk", b"", b"\xff"])
def test_nothing_is_read_or_written_before_it_is_verified(bridge: Bridge, body: bytes) -> None:
    with pytest.raises(VerificationError):
        bridge.receive("relay", post(body, "wrong-secret"))

    assert kept(bridge) == []


def test_it_tells_the_operator_that_the_secret_is_another_sources(bridge: Bridge) -> None:
    with pytest.raises(VerificationError) as caught:
        bridge.receive("relay", post({"id": 1}, "right-secret-of-strict"))

    assert "strict" in str(caught.value)
    assert "right-secret" not in str(caught.value)


def test_a_flood_of_forged_webhooks_is_refused_without_looking_into_each(bridge: Bridge) -> None:
    bridge._diagnosing = Share(0.05, 0.0)

    with pytest.raises(VerificationError) as caught:
        bridge.receive("relay", post({"id": 1}, "right-secret-of-strict"))

    assert caught.value.cause is Cause.WRONG_SECRET
    assert "too many" in caught.value.hint


def test_a_body_that_cannot_be_read_is_refused_while_the_sender_listens(bridge: Bridge) -> None:
    with pytest.raises(PayloadError):
        receive(bridge, b"{")
    with pytest.raises(UnsupportedMediaError):
        bridge.receive("relay", post(b"x", content_type="image/png"))

    assert kept(bridge) == []


def test_a_strict_relay_keeps_nothing_if_one_of_its_events_has_no_contact(bridge: Bridge) -> None:
    with pytest.raises(NoContactError, match="neither e-mail nor phone"):
        receive(bridge, [{"email": "ada@example.com"}, {"name": "Bo Example"}], "strict")

    assert kept(bridge) == []


def test_a_strict_relay_keeps_whoever_has_a_contact(bridge: Bridge) -> None:
    assert receive(bridge, {"email": "ada@example.com"}, "strict")[0].status == "accepted"


def test_without_a_store_it_says_so(bridge: Bridge) -> None:
    with bridge.store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE events RENAME TO gone")

    with pytest.raises(StoreUnavailableError):
        receive(bridge, {"id": 1})


class Shaking(type(providers()["relay"])):  # type: ignore[misc] # a relay whose sender shakes hands
    name = "shaking"

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:
        return Reply("hello " + " ".join(secrets)) if webhook.query.get("challenge") else None


def test_a_handshake_is_answered_before_anything_is_verified_or_kept(bridge: Bridge) -> None:
    source = Source("shaking", Shaking(), "main", Bearer(), ("s",))
    bridge.config = replace(bridge.config, sources={"shaking": source})

    reply = bridge.receive("shaking", Webhook(query={"challenge": "1"}))

    assert reply == Reply("hello s")
    assert kept(bridge) == []
    with pytest.raises(VerificationError):
        bridge.receive("shaking", Webhook())


def test_an_id_that_a_user_chose_tells_a_duplicate_and_not_a_person(bridge: Bridge) -> None:
    first, again = receive(bridge, {"id": "zoe@example.com"}), receive(bridge, {"id": "zoe@example.com"})

    assert [first[0].status, again[0].status] == ["accepted", "duplicate"]
    assert first[0].event.event_id.startswith("sha256:")
    (row,) = bridge.store.log.events(Filter(event_ids=["zoe@example.com"]))  # who knows the id still finds it
    assert row["event_id"] == first[0].event.event_id

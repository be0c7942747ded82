"""What goes wrong around a fetch: bugs, answers that come too late, and questions that need not be asked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from delivery_kit import KEY, Rig, config
from delivery_wire import RawServer, answer

from app.config import Config, loads
from app.providers import Fetch
from app.store import Attempt, Fetched, Store
from app.webhook import Webhook

Begin = Callable[..., tuple[Rig, RawServer]]

TOKEN = "token-of-leads"
SOURCES = """
[orgs.main]
api_key = "{key}"
[sources.leads]
provider = "meta"
auth = "none"
token = "{token}"
[sources.crm]
provider = "hubspot"
auth = "none"
token = "{token}"
"""
ADA = [{"name": "email", "values": ["ada@example.com"]}, {"name": "full_name", "values": ["Ada Example"]}]
FOUND = answer(json.dumps({"field_data": ADA}).encode())


def settings(upstream: str, senders: str) -> Config:
    """The usual sources, and two whose people are fetched from a server that stands in for every sender's."""
    usual, thin = config(upstream), loads(SOURCES.format(key=KEY, token=TOKEN), {}, Path())
    sources = {**usual.sources, **thin.sources}
    return replace(usual, sources=sources, upstream=replace(usual.upstream, senders_url=senders))


@pytest.fixture
def begin(store: Store, sandbox, clock, serve: Callable[..., RawServer]) -> Iterator[Begin]:
    """A rig on each database, beside a sender's API that answers with these bytes."""
    rigs: list[Rig] = []

    def start(*answers: bytes) -> tuple[Rig, RawServer]:
        api = serve(*([one] for one in answers))
        rigs.append(Rig(store, sandbox, clock, settings(sandbox.url, api.url)))
        return rigs[-1], api

    yield start
    for rig in rigs:
        rig.close()


def receive(rig: Rig, source: str, payload: Any) -> None:
    body = json.dumps(payload).encode()
    rig.bridge.receive(source, Webhook(body=body, headers={"content-type": "application/json"}))


def lead(rig: Rig, number: str = "123") -> None:
    value = {"leadgen_id": number, "created_time": int(rig.clock().timestamp())}
    receive(rig, "leads", {"object": "page", "entry": [{"id": "7", "changes": [{"field": "leadgen", "value": value}]}]})


def test_whoever_answers_after_the_lease_changes_nothing_any_more(begin: Begin) -> None:
    rig, _ = begin(FOUND)

    lead(rig)
    rig.store.received.map(rig.bridge.map, rig.clock())
    (slow,) = rig.store.fetches.take(rig.clock(), 10, ["main"])
    rig.later(minutes=6)
    rig.store.fetches.settle(Fetched(slow, Attempt(rig.clock(), 0, "permanent", "too late"), reason="too late"))

    assert rig.event("123")["status"] == "delivered"
    assert "permanent" in [attempt["outcome"] for attempt in rig.attempts("123")]


def test_it_shows_the_sender_its_token_and_never_the_key_of_the_org(begin: Begin) -> None:
    rig, api = begin(FOUND)

    lead(rig)
    rig.work()

    (asked,) = api.asked
    assert asked.startswith("GET /graph.facebook.com/123?fields=")
    assert f"Authorization: Bearer {TOKEN}" in asked
    assert KEY not in asked
    assert TOKEN not in str(rig.attempts("123"))


def test_it_asks_again_when_no_answer_comes(begin: Begin) -> None:
    rig, api = begin()
    api.close()

    lead(rig)
    rig.work()

    assert rig.event("123")["status"] == "pending"
    assert rig.event("123")["reason"] == "cannot reach the sender's API: connection refused"


def test_a_bug_while_fetching_fails_that_event_only(begin: Begin) -> None:
    rig, _ = begin(FOUND)
    source = rig.bridge.config.sources["leads"]

    class Broken(type(source.provider)):  # type: ignore[misc] # a provider with a bug
        fetch = Fetch("graph.facebook.com", _stumble_later())

    sources = {**rig.bridge.config.sources, "leads": replace(source, provider=Broken())}
    rig.bridge.config = replace(rig.bridge.config, sources=sources)

    lead(rig)
    rig.add(email="bo@example.org", id="e2")
    rig.work()

    assert rig.event("123")["status"] == "failed"
    assert rig.event("123")["reason"] == "an error in the bridge itself: ZeroDivisionError"
    assert rig.event("e2")["status"] == "delivered"


def _stumble_later() -> Callable[[object], str]:
    """An address that can be made once, for the mapping, and not again."""
    made: list[str] = []

    def url(_: object) -> str:
        if made:
            raise ZeroDivisionError
        made.append("https://graph.facebook.com/123")
        return made[0]

    return url


def test_it_asks_nothing_about_an_event_that_is_ignored_anyway(begin: Begin) -> None:
    rig, api = begin()
    change = {"subscriptionType": "contact.propertyChange", "objectId": 5, "propertyName": "favourite_colour"}

    receive(rig, "crm", [{**change, "eventId": 1, "occurredAt": 1772452800000}])
    rig.work()

    assert api.asked == []
    assert set(rig.statuses().values()) == {"ignored"}

"""What is done by the API: as at the command line, a step at a time, and written down."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from api_kit import ADMIN, Desk, configuration, problem

from app.bridge import Bridge
from app.presence import Presence
from app.store import Store


@pytest.fixture
def failed(desk: Desk) -> Desk:
    """Five events that failed, and one that waits."""
    for number in range(5):
        desk.receive("landing", f"e{number}", email="nobody")
    desk.receive("shop", "w1")
    return desk


def statuses(desk: Desk) -> dict[str, str]:
    return {event["event_id"]: event["status"] for event in desk.found("events")["data"]}


def test_a_bulk_replay_goes_on_until_there_is_no_cursor(failed: Desk) -> None:
    steps = [failed.done("replay", status="failed", limit=2)]
    while cursor := steps[-1]["next_cursor"]:
        steps.append(failed.done("replay", status="failed", limit=2, cursor=cursor))

    assert [(step["total"], step["seen"], step["done"]) for step in steps] == [(5, 2, 2), (5, 4, 4), (5, 5, 5)]
    assert list(statuses(failed).values()) == ["pending", *["received"] * 5]
    (action,) = failed.found("actions")["data"]
    assert (action["who"], action["what"]) == ("api (admin)", "replay")
    assert action["details"] == {"status": "failed", "events": 5, "left_alone": 0}


def test_one_event_is_replayed_by_its_id(failed: Desk) -> None:
    step = failed.done("replay", source="landing", event_ids=["e1"])

    assert (step["done"], step["next_cursor"]) == (1, None)
    assert statuses(failed)["e1"] == "received"


@pytest.mark.parametrize("path", ["replay", "ignore"])
def test_nothing_happens_to_events_that_are_not_all_there(failed: Desk, path: str) -> None:
    problem(failed.post(path, source="landing", event_ids=["e1", "e9"]), 404, "not-found")

    assert statuses(failed)["e1"] == "failed"


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("replay", {}, "not-possible"),
        ("replay", {"event_ids": ["e1"]}, "invalid"),
        ("replay", {"event_ids": []}, "invalid"),
        ("replay", {"status": "failed", "cursor": "WzEsMl0"}, "invalid"),
        ("replay", {"status": "failed", "cursor": "bnVsbA"}, "invalid"),
        ("replay", {"status": "failed", "cursor": "WzEsMiwzLDQsNSw2LCJhIl0"}, "invalid"),
        ("replay", {"status": "failed", "cursor": "W1tb" * 50_000}, "invalid"),
        ("replay", {"status": "failed", "limit": 501}, "invalid"),
        ("replay", {"status": "failed", "limit": 2.5}, "invalid"),
        ("ignore", {}, "not-possible"),
        ("ignore", {"reason": "seen to"}, "not-possible"),
        ("ignore", {"status": "delivered"}, "not-possible"),
        ("pause", {}, "invalid"),
        ("pause", {"org": "main", "source": "shop"}, "invalid"),
        ("pause", {"org": "shop"}, "not-possible"),
        ("resume", {"source": "nowhere"}, "not-possible"),
        ("erase", {"person": "Ada Example"}, "not-possible"),
        ("erase", {"person": "a\nb@example.com"}, "invalid"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_be_done_is_told(failed: Desk, path: str, body: dict[str, object], kind: str) -> None:
    problem(failed.post(path, ADMIN, **body), 422, kind)

    assert failed.found("actions")["data"] == []


def test_what_failed_is_ignored_with_a_reason(failed: Desk) -> None:
    step = failed.done("ignore", source="landing", reason="tests of ours")

    assert step["done"] == 5
    event = failed.found("events/landing/e1")
    assert (event["status"], event["reason"]) == ("ignored", "by hand: tests of ours")
    assert event["notes"][-1].startswith("ignored by api (admin) at 2026-03-01")


def test_a_pause_is_seen_and_ends(failed: Desk) -> None:
    assert failed.done("pause", org="main") == {"kind": "org", "name": "main", "paused": True, "changed": True}
    assert failed.done("pause", source="shop")["changed"]
    assert failed.found("orgs/main")["paused_since"]
    assert failed.found("sources/shop")["paused_since"]
    assert [each["name"] for each in failed.found("overview")["paused"]] == ["main", "shop"]
    assert "the org main is paused" in failed.found("events/shop/w1")["waits_because"]

    assert failed.done("resume", org="main") == {"kind": "org", "name": "main", "paused": False, "changed": True}
    assert not failed.done("resume", org="main")["changed"]
    assert failed.found("orgs/main")["paused_since"] is None


def test_a_person_is_erased_with_a_receipt(desk: Desk) -> None:
    desk.receive("shop", "e1", email="zoe@example.com")

    foreseen = desk.done("erase", person="zoe@example.com", dry_run=True)
    there = desk.found("persons")["data"]
    done = desk.done("erase", person="Zoe@example.com")

    assert foreseen == {"foreseen": {"persons": 1, "events": 1, "mentions": 0, "contact_ids": []}, "receipt": None}
    assert len(there) == 1
    assert (done["receipt"]["persons"], done["receipt"]["asked_by"]) == (1, "an operator (api (admin))")
    problem(desk.get(f"persons/{there[0]['id']}"), 404, "not-found")
    event = desk.found("events/shop/e1")
    assert (event["payload"], event["payload_state"], event["contact"]) == (None, "gone", None)
    assert [action["details"] for action in desk.found("actions")["data"]] == [{"receipt": done["receipt"]["id"]}]


def test_nobody_is_erased_who_is_not_known_unless_that_is_meant(desk: Desk) -> None:
    problem(desk.post("erase", person="zoe@example.com"), 404, "not-found")
    assert desk.found("actions")["data"] == []

    assert desk.done("erase", person="zoe@example.com", even_if_unknown=True)["receipt"]["persons"] == 0


def test_who_is_only_mentioned_is_erased_too(desk: Desk) -> None:
    desk.receive("shop", "e1", friend="zoe.adler@example.com", email="ben@example.com")

    assert desk.done("erase", person="zoe.adler@example.com")["receipt"]["payloads"] == 1


def test_a_replay_is_shown_before_it_is_made(failed: Desk) -> None:
    shown = failed.done("rehearse", source="shop", event_id="w1")

    assert (shown["status"], shown["changes"], shown["differences"]) == ("delivered", False, [])
    assert [request["path"] for request in shown["requests"]] == ["/contacts"]
    problem(failed.post("rehearse", source="shop", event_id="w9"), 404, "not-found")


@pytest.fixture
def other_mapping(desk: Desk, database_url: str) -> Iterator[Desk]:
    """While a delivery process maps otherwise than the configuration says."""
    config = configuration(database_url)
    config = replace(config, sources={"shop": config.sources["shop"]})
    with closing(Store(database_url)) as store:
        Presence(Bridge(config, store, desk.bridge.now)).tend()
        yield desk


def test_it_refuses_while_what_runs_maps_otherwise(other_mapping: Desk) -> None:
    other_mapping.receive("landing", "e1", email="nobody")

    refused = problem(other_mapping.post("replay", status="failed"), 422, "not-possible")

    assert "still maps as of 2026-03-01 12:00:00 UTC" in refused["detail"]
    assert other_mapping.done("replay", status="failed", anyway=True)["done"] == 1


def test_a_payload_is_tried_by_other_expressions(desk: Desk) -> None:
    body = {"id": "x", "type": "t", "who": {"mail": "ada@example.com"}, "email": "ben@example.com"}

    (as_it_is,) = desk.done("preview", source="landing", body=body)["data"]
    (changed,) = desk.done("preview", source="landing", body=body, contact={"email": "who.mail"})["data"]
    (text,) = desk.done("preview", source="shop", body="email=eve%40example.com", headers={"X-Any": "y"})["data"]

    assert [(part["value"], part["origin"]) for part in as_it_is["parts"]] == [("ben@example.com", "email")]
    assert [(part["value"], part["origin"]) for part in changed["parts"]] == [("ada@example.com", "who.mail")]
    assert text["parts"][0]["value"] == "eve@example.com"
    assert desk.found("events")["data"] == []


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"source": "shp", "body": {}}, 404, "not-found"),
        ({"source": "shop", "body": "{"}, 422, "unreadable-payload"),
        ({"source": "shop", "body": ""}, 422, "unreadable-payload"),
        ({"source": "shop", "body": None}, 422, "invalid"),
        ({"source": "shop", "body": {}, "contact": {"email": "a["}}, 422, "invalid"),
    ],
)
def test_what_cannot_be_tried_is_told(desk: Desk, body: dict[str, object], status: int, kind: str) -> None:
    found = problem(desk.post("preview", **body), status, kind)

    assert "contact" not in body or found["errors"][0]["pointer"] == "#/contact/email"

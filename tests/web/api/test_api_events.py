"""Events and persons by the API: page by page, by any id, and whatever became of what was sent."""

from urllib.parse import quote

import pytest
from api_kit import Desk, problem

from app.store import Refusal

ODD = ["a/b", "/a", "a//b/", "a b?c=d&e#f%2F", "ünï/çödé", "..%2f", "e1/replay", "x" * 255, "a\\b", "'\"<&>"]


@pytest.mark.parametrize("event_id", ODD)
def test_an_event_is_found_whatever_its_id_is_made_of(desk: Desk, event_id: str) -> None:
    desk.receive("shop", event_id)

    event = desk.found(f"events/shop/{quote(event_id, safe='')}")
    kept = desk.found(f"events/shop/{quote(event['event_id'], safe='')}")

    assert event["payload"]["id"] == event_id
    assert kept == event
    assert desk.found(f"attempts/shop/{quote(event_id, safe='')}") == {"data": []}


def test_it_tells_everything_of_an_event(desk: Desk) -> None:
    desk.receive("landing", "e1", name="Ada")

    event = desk.found("events/landing/e1")

    assert (event["status"], event["payload_state"], event["event_type"]) == ("pending", "kept", "signup")
    assert event["payload"] == {"id": "e1", "type": "signup", "email": "e@example.com", "name": "Ada"}
    assert event["contact"] == {"name": "Ada", "email": "e@example.com"}
    assert {part["name"]: part["origin"] for part in event["parts"]} == {"name": "name", "email": "email"}
    assert "no delivery process is running" in event["waits_because"]
    assert event["received_at"] == "2026-03-01T12:00:00+00:00"


def test_it_lists_them_page_by_page(desk: Desk) -> None:
    for number in range(5):
        desk.receive("shop", f"e{number}")

    pages = [desk.found("events", limit=2)]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(desk.found("events", limit=2, cursor=cursor))

    assert [[event["event_id"] for event in page["data"]] for page in pages] == [["e4", "e3"], ["e2", "e1"], ["e0"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "failed"}, ["e3"]),
        ({"source": "landing"}, ["e3", "e2"]),
        ({"type": "order"}, ["e2"]),
        ({"search": "a@example.com"}, ["e2", "e1"]),
        ({"search": "e3"}, ["e3"]),
        ({"person": "A@Example.com", "source": "shop"}, ["e1"]),
        ({"since": "2026-03-01T12:00:00Z", "until": "2026-03-01T13:00:00+01:00"}, ["e3", "e2", "e1"]),
        ({"since": "2026-03-02"}, []),
    ],
    ids=str,
)
def test_it_finds_what_is_meant(desk: Desk, query: dict[str, str], expected: list[str]) -> None:
    desk.receive("shop", "e1", email="a@example.com")
    desk.receive("landing", "e2", type="order", email="a@example.com")
    desk.receive("landing", "e3", email="nobody")

    assert [event["event_id"] for event in desk.found("events", **query)["data"]] == expected


@pytest.mark.parametrize(
    "path", ["events/shop/e9", "events/nowhere/e1", "attempts/shop/e9", "persons/99", "sources/shp", "orgs/mian"]
)
def test_what_is_not_there_is_told_with_its_name(desk: Desk, path: str) -> None:
    assert problem(desk.get(path), 404, "not-found")["detail"]


@pytest.mark.parametrize(("path", "query"), [("events", {"source": "shp"}), ("persons", {"org": "mian"})])
def test_a_misspelt_name_is_told_with_the_nearest(desk: Desk, path: str, query: dict[str, str]) -> None:
    assert "did you mean" in problem(desk.get(path, **query), 404, "not-found")["detail"]


@pytest.mark.parametrize(("cursor"), ["7", "!", "cm93IDA", "x" * 500, ""])
@pytest.mark.parametrize("path", ["events", "persons", "refusals", "actions"])
def test_a_cursor_that_nobody_gave_out_is_refused(desk: Desk, path: str, cursor: str) -> None:
    problem(desk.get(path, cursor=cursor), 422, "invalid")


@pytest.mark.parametrize(
    "payload",
    [{"far": 1e400}, {"deep": {"a": {}}}, {"text": "\ud800\u0000"}, {"large": 10**300}],
    ids=["infinite", "deep", "half a character", "large"],
)
def test_it_answers_in_json_whatever_was_sent(desk: Desk, payload: dict[str, object]) -> None:
    place: dict[str, object] = payload
    for _ in range(400 if "deep" in payload else 0):
        place["a"] = place = {}
    desk.receive("shop", "e1", **payload)

    event = desk.found("events/shop/e1")

    assert "Infinity" not in desk.get("events/shop/e1").text
    assert event["payload"].keys() >= payload.keys()


def test_it_tells_everything_of_a_person(desk: Desk) -> None:
    desk.receive("shop", "e1", email="a@example.com", name="Ada")
    desk.receive("landing", "e2", email="A@example.com")

    (row,) = desk.found("persons", search="a@example.com", org="main")["data"]
    person = desk.found(f"persons/{row['id']}", limit=1)
    more = desk.found(f"persons/{row['id']}", cursor=person["next_cursor"])

    assert row["identities"] == [{"kind": "email", "value": "a@example.com", "sent": False}]
    assert [event["event_id"] for event in (*person["events"], *more["events"])] == ["e2", "e1"]
    assert (person["org"], person["contact_id"], person["consents"]) == ("main", None, [])
    assert more["next_cursor"] is None


def test_persons_come_page_by_page(desk: Desk) -> None:
    for letter in "abc":
        desk.receive("shop", letter)

    first = desk.found("persons", limit=2)
    second = desk.found("persons", limit=2, cursor=first["next_cursor"])

    mails = [person["identities"][0]["value"] for person in (*first["data"], *second["data"])]
    assert mails == ["c@example.com", "b@example.com", "a@example.com"]
    assert second["next_cursor"] is None


def test_sources_orgs_and_the_overview_are_told(desk: Desk) -> None:
    desk.receive("shop", "e1")
    desk.store.refusals.note_all([Refusal("shop", desk.bridge.now(), "wrong secret", "it ends in a blank")])

    shop = desk.found("sources/shop")
    overview = desk.found("overview")

    assert shop["url"] == "http://localhost/hooks/shop"
    assert shop["url"] in shop["setup"]
    assert (shop["last_event"]["event_id"], shop["last_refusal"]["cause"]) == ("e1", "wrong secret")
    assert desk.found("sources")["data"][0] == shop
    assert [org["state"] for org in desk.found("orgs")["data"]] == ["up", "up"]
    assert overview["spans"][-1]["accepted"] == 1
    assert overview["oldest_waiting_since"] == "2026-03-01T12:00:00+00:00"
    assert len(desk.found("overview", length="month")["spans"]) == 30
    assert [each["hint"] for each in desk.found("refusals", source="shop")["data"]] == ["it ends in a blank"]

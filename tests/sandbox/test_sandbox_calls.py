"""The other calls of the stand-in API, and its rate limit."""

from typing import Any

import pytest
from sandbox_client import ADA, Client, Clock, message

from app.sandbox import SandboxServer


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "ABCD"),
        ({"email": "ada@EXAMPLE.com"}, "A"),
        ({"email": "ada"}, ""),
        ({"user_id": "shopify:2"}, "B"),
        ({"user_id": "shopify"}, ""),
        ({"name": "bo example"}, "B"),
        ({"name": "bo"}, ""),
        ({"search": "EXAMPLE"}, "AB"),
        ({"username": "ada"}, ""),
        ({"segment_id": "seg_vip"}, "AB"),
        ({"segment_id": "seg_vip", "email": "bo@example.org"}, "B"),
        ({"segment_id": "seg_b", "user_id": "shopify:1"}, ""),
        ({"segment_id": "seg_none"}, ""),
        ({"status": "ALL"}, "ABCD"),
        ({"status": "SUBSCRIBED"}, "ABD"),
        ({"status": "UNSUBSCRIBED"}, "C"),
        ({"status": "BLOCKED"}, "D"),
        ({"status": "AI_REPLIES_DISABLED"}, ""),
        ({"phone": "+15555550102"}, "ABCD"),
        ({"search": "sample", "status": "UNSUBSCRIBED", "nonsense": "1"}, "C"),
    ],
)
def test_it_lists_who_matches_and_overlooks_unknown_parameters(
    people: SandboxServer, call: Client, query: dict[str, str], expected: str
) -> None:
    assert "".join(name[0] for name in call.find(**query)) == expected


def test_it_lists_in_pages(people: SandboxServer, call: Client) -> None:
    first = call("GET", "/orgs/c/contacts", params={"take": 3})
    last = call("GET", "/orgs/c/contacts", params={"take": 3, "page": 2})
    beyond = call("GET", "/orgs/c/contacts", params={"take": 3, "page": 3})

    assert [len(page.json()) for page in (first, last, beyond)] == [3, 1, 0]
    headers = {name: value for name, value in last.headers.items() if name.startswith("pagination-")}
    assert headers == {"pagination-count": "4", "pagination-page": "2", "pagination-take": "3"}


@pytest.mark.parametrize(
    "query", [{"take": 101}, {"take": 0}, {"take": "x"}, {"page": 0}, {"page": -1}, {"status": "subscribed"}]
)
def test_it_refuses_a_bad_parameter(call: Client, query: dict[str, Any]) -> None:
    answer = call("GET", "/orgs/c/contacts", params=query)

    assert answer.status_code == 400
    assert message(answer).startswith(next(iter(query)))


def test_it_changes_a_contact_and_notes_since_when(call: Client, clock: Clock) -> None:
    path = f"/orgs/c/contacts/{call.create(**ADA).json()['id']}"
    clock.wait(60)

    call("PATCH", path, json={"unsubscribed": True, "blocked": True})
    clock.wait(60)
    again = call("PATCH", path, json={"unsubscribed": True, "blocked": False, "name": "Ada E."}).json()

    assert (again["name"], again["unsubscribed"], again["blocked"]) == ("Ada E.", True, False)
    assert (again["unsubscribed_at"], again["blocked_at"]) == ("2026-03-01T12:01:00.000Z", None)
    assert again["updated_at"] == "2026-03-01T12:02:00.000Z"


@pytest.mark.parametrize(
    "body",
    [{"name": 1}, {"name": None}, {"blocked": "true"}, {"unsubscribed": 1}, {"email": "x@example.com"}, []],
)
def test_it_refuses_a_change_of_a_wrong_type_or_name(call: Client, body: Any) -> None:
    contact = call.create(**ADA).json()

    answer = call("PATCH", f"/orgs/c/contacts/{contact['id']}", json=body)

    assert answer.status_code == 400
    assert call.find() == ["Ada Example"]


def test_it_adds_a_segment_once(call: Client) -> None:
    path = f"/orgs/c/contacts/{call.create('seg_a', **ADA).json()['id']}/segments"

    answers = [call("POST", f"{path}/seg_b").json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert call("GET", path).json() == answers[0]["segments"]
    assert [segment["id"] for segment in answers[0]["segments"]] == ["seg_a", "seg_b"]


@pytest.mark.parametrize(("method", "rest"), [("PATCH", ""), ("POST", "/segments/seg_a"), ("GET", "/segments")])
def test_it_does_not_find_an_unknown_contact(call: Client, method: str, rest: str) -> None:
    assert call(method, f"/orgs/c/contacts/contact_unknown{rest}", json={}).status_code == 404


def test_it_leaves_out_what_is_not_documented(call: Client) -> None:
    contact_id = call.create(**ADA).json()["id"]

    assert call("GET", "/orgs/c/segments").status_code == 404
    assert "PATCH" in call("DELETE", f"/orgs/c/contacts/{contact_id}").headers["Allow"]


def test_it_allows_so_many_requests_in_any_sixty_seconds(sandbox: SandboxServer, call: Client, clock: Clock) -> None:
    sandbox.settings.rate_limit = 3
    statuses = []

    for pause in (0, 20, 20, 19, 1, 19):
        clock.wait(pause)
        statuses.append(call("GET", "/orgs/c/contacts").status_code)
    refused = call("GET", "/orgs/c/contacts")

    assert statuses == [200, 200, 200, 429, 200, 429]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")


def test_it_limits_to_five_hundred_a_minute_until_told_otherwise(sandbox: SandboxServer, call: Client) -> None:
    assert sandbox.settings.rate_limit == 500

    sandbox.settings.rate_limit = 0
    refused = call.create(**ADA)
    sandbox.settings.rate_limit = None
    allowed = call.create(**ADA)

    assert (refused.status_code, allowed.status_code, sandbox.contacts.created) == (429, 200, 1)

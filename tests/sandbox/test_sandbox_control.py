"""Steering the sandbox from another process, and the page for people."""

from typing import Any

import pytest
from sandbox_client import ADA, KEY, Client, message

from app.sandbox import Duplicates, Fault, SandboxServer, Settings


def test_it_takes_faults_from_outside(call: Client) -> None:
    faults = [{"kind": "error", "times": 2, "status": 502}, {"kind": "rate_limited", "retry_after": 3}]

    put = call("PUT", "/_sandbox/faults", json=faults)
    struck = call.create(**ADA)
    left = call("GET", "/_sandbox/faults").json()
    gone = call("DELETE", "/_sandbox/faults")

    assert (put.status_code, struck.status_code, gone.status_code) == (200, 502, 204)
    assert [(fault["kind"], fault["times"]) for fault in left] == [("error", 1), ("rate_limited", None)]
    assert call.create(**ADA).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("faults", {"kind": "drop"}, "the body: Invalid input type."),
        ("faults", [{}], "0.kind: Missing data for required field."),
        ("faults", [{"kind": "fire"}], "0.kind: Must be one of: latency, hang, drop, cut,"),
        ("faults", [{"kind": "drop", "times": 0}], "0.times: Must be greater than or equal to 1."),
        ("faults", [{"kind": "drop", "oops": 1}], "0.oops: Unknown field."),
        ("faults", [{"kind": "latency", "seconds": 1e9}], "0.seconds: Must be"),
        (
            "settings",
            {"duplicates": "third"},
            "duplicates: Must be one of: second, same, conflict, bad_request.",
        ),
        ("settings", {"rate_limit": -1}, "rate_limit: Must be greater than or equal to 0."),
        ("settings", {"colour": 1}, "colour: Unknown field."),
    ],
)
def test_it_says_what_is_wrong_with_an_order(call: Client, path: str, body: Any, expected: str) -> None:
    answer = call("PUT", f"/_sandbox/{path}", json=body)

    assert answer.status_code == 400
    assert message(answer).startswith(expected)


def test_it_takes_settings_from_outside(sandbox: SandboxServer, call: Client) -> None:
    answer = call("PUT", "/_sandbox/settings", json={"duplicates": "same", "rate_limit": None})

    assert answer.json() == {"duplicates": "same", "bulk": "contacts", "rate_limit": None, "latency": 0.0}
    assert sandbox.settings == Settings(Duplicates.SAME, rate_limit=None)
    assert call("GET", "/_sandbox/settings").json() == answer.json()


def test_it_shows_what_was_made(call: Client) -> None:
    contact = call.create(**ADA).json()

    made = call("GET", "/_sandbox/contacts").json()

    assert made["created"] == 1
    assert made["orgs"]["org_acme"] == {"created": 1, "contacts": [contact]}


def test_it_shows_what_it_received_without_the_key(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault(kind="error", method="GET"))
    headers = {"Idempotency-Key": "event-1"}

    call("POST", "/orgs/c/contacts", json={"channel": ADA}, headers=headers)
    call("GET", "/orgs/c/contacts?email=a%2Bb@example.com&take=")
    call("PATCH", "/nowhere", data=b"no JSON \xff")
    shown = call("GET", "/_sandbox/requests")

    first, second, third = shown.json()["requests"]
    assert shown.json()["total"] == 3
    assert first == {
        "at": "2026-03-01T12:00:00.000Z",
        "method": "POST",
        "path": "/orgs/c/contacts",
        "query": {},
        "body": {"channel": ADA},
        "idempotency_key": "event-1",
        "status": 200,
        "fault": None,
    }
    assert (second["query"], second["body"]) == ({"email": "a+b@example.com", "take": ""}, None)
    assert (second["status"], second["fault"]) == (503, "error")
    assert (third["status"], third["body"]) == (404, "no JSON \ufffd")
    assert KEY not in shown.text


def test_it_forgets_everything_on_reset(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault(kind="error", method="GET"))
    sandbox.settings.duplicates = Duplicates.SAME
    call.create("seg", **ADA)

    answer = call("POST", "/_sandbox/reset")

    assert answer.status_code == 204
    assert (sandbox.contacts.created, sandbox.requests.total, sandbox.faults.waiting()) == (0, 0, [])
    assert sandbox.settings == Settings()
    assert call.find(email="ada@example.com") == []


def test_it_shows_the_contacts_on_a_page_that_needs_nothing_else(people: SandboxServer, call: Client) -> None:
    answer = call("GET", "/")

    for text in (
        "4 created",
        "Ada Example",
        "bo@example.org",
        "+15555550102",
        "seg_vip, seg_b",
        "<td>yes</td>",
    ):
        assert text in answer.text
    assert '<meta http-equiv="refresh"' in answer.text
    assert not any(text in answer.text for text in ("<script", "http://", "https://", "src="))
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert people.requests.total == 0


def test_it_escapes_what_senders_wrote(call: Client) -> None:
    call.create("<i>seg</i>", name="<script>alert(1)</script>", email='"><b>@example.com', phone="<u>1</u>")

    page = call("GET", "/").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not any(tag in page for tag in ("<script>", "<b>", "<u>", "<i>"))


def test_it_says_on_the_page_that_nobody_came_yet(call: Client) -> None:
    assert "Nobody yet" in call("GET", "/").text

"""The management API of a bridge that runs: beside the acks, by any worker."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serve_process import BEARER, CONFIGURATION, Served, until

from app.sandbox import SandboxServer

EVENT = "events/landing/a%2Fb%3Fc%3D17"
ADMIN = {"Authorization": "Bearer admin-token-of-tests"}


@pytest.fixture
def steered(tmp_path: Path, upstream: SandboxServer) -> Iterator[Served]:
    """A bridge whose operator has a token."""
    text = CONFIGURATION.format(database_url="sqlite:///bridge.db", upstream_url=upstream.url)
    with Served(tmp_path, text.replace("port = 0", 'port = 0\nadmin_token = "admin-token-of-tests"')) as running:
        yield running
    upstream.reset()


def found(running: Served, path: str) -> Any:
    status, _, body = running.ask("GET", f"/api/v1/{path}", headers=ADMIN)
    assert status == 200, body
    return json.loads(body)


def delivered(running: Served, path: str, attempts: int) -> Any:
    """Wait until an event was delivered with so many attempts; return it."""

    def ended() -> Any:
        event = found(running, path)
        return event["status"] == "delivered" and len(event["attempts_made"]) == attempts and event

    return until(ended)


def test_a_running_bridge_is_seen_and_steered(steered: Served) -> None:
    assert steered.post(b'{"id": "a/b?c=17", "email": "ada@example.com"}') == 200
    first = delivered(steered, EVENT, 1)

    body = json.dumps({"source": "landing", "event_ids": ["a/b?c=17"]})
    status, _, answer = steered.ask("POST", "/api/v1/replay", body, {**ADMIN, "Content-Type": "application/json"})

    assert first["attempts_made"][0]["exchanges"]
    assert (status, json.loads(answer)["done"]) == (200, 1)
    assert delivered(steered, EVENT, 2)["reason"] == "nothing new"


def test_a_forged_webhook_is_seen_soon(steered: Served) -> None:
    assert steered.ask("POST", "/hooks/landing", b"{}", {**BEARER, "Authorization": "Bearer forged"})[0] == 401

    (refusal,) = until(lambda: found(steered, "refusals")["data"])

    assert (refusal["source"], refusal["cause"]) == ("landing", "wrong secret")


def test_a_body_that_is_cut_off_is_told_from_a_whole_one(steered: Served) -> None:
    head = b"POST /api/v1/pause HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token-of-tests\r\n"
    answer = steered.raw(head + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n", b'{"org": "main"}')

    assert b" 400 " in answer.partition(b"\r\n")[0]
    assert b"ended too soon" in answer

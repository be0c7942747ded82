"""Everything that can go wrong on request."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime
from threading import RLock

import pytest
import requests
from sandbox_client import ADA, START, Client

from app.sandbox import Fault, SandboxServer
from app.sandbox.faults import Faults


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(kind="unauthorized"), 401),
        (Fault(kind="rate_limited"), 429),
        (Fault(kind="error"), 503),
        (Fault(kind="error", status=418), 418),
        (Fault(kind="html"), 200),
        (Fault(kind="no_contact"), 200),
        (Fault(kind="redirect"), 302),
        (Fault(kind="redirect", status=307), 307),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_it_answers_wrongly_before_or_after_the_contact_was_made(
    sandbox: SandboxServer, call: Client, *, fault: Fault, status: int, after: bool
) -> None:
    sandbox.faults.add(Fault(**{**vars(fault), "after": after, "times": 1}))

    struck, next_one = call.create(**ADA), call.create(**ADA)

    assert (struck.status_code, next_one.status_code) == (status, 200)
    assert '"id"' not in struck.text
    assert sandbox.contacts.created == 1 + after


@pytest.mark.parametrize("kind", ["drop", "hang", "cut"])
@pytest.mark.parametrize("after", [False, True])
def test_it_loses_the_connection_before_or_after_the_contact_was_made(
    sandbox: SandboxServer, call: Client, *, kind: str, after: bool
) -> None:
    sandbox.faults.add(Fault(kind=kind, after=after, times=1, seconds=0.01))

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        call.create(**ADA)

    made = after or kind == "cut"
    assert (sandbox.contacts.created, sandbox.requests.all()[0].status) == (made, None)
    assert call.create(**ADA).status_code == 200


def test_it_answers_not_a_byte_when_it_drops_a_connection(sandbox: SandboxServer) -> None:
    sandbox.faults.add(Fault(kind="drop"))
    host, port = sandbox.url.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /orgs/c/contacts HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        received = connection.recv(1)

    assert received == b""


@pytest.mark.parametrize("after", [False, True])
def test_it_answers_late_and_does_not_carry_out_what_waits_when_it_closes(
    sandbox: SandboxServer, call: Client, *, after: bool
) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=30, times=1, after=after))

    with pytest.raises(requests.ReadTimeout):
        call("POST", "/orgs/c/contacts", json={"channel": ADA}, timeout=0.1)
    sandbox.close()
    sandbox.start()

    assert (sandbox.contacts.created, sandbox.requests.all()[0].status) == (after, None)


def test_it_answers_in_time_when_the_latency_is_short(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.02))
    sandbox.settings.latency = 0.02

    answer = call.create(**ADA)

    assert answer.status_code == 200
    assert answer.elapsed >= timedelta(seconds=0.04)


@pytest.mark.parametrize("kind", ["rate_limited", "error"])
def test_it_says_when_to_come_back_in_seconds_or_as_a_date(sandbox: SandboxServer, call: Client, *, kind: str) -> None:
    sandbox.faults.add(Fault(kind=kind, retry_after=7, times=1))
    sandbox.faults.add(Fault(kind=kind, retry_after=90, retry_after_as_date=True, times=1))

    seconds, date = (call.create(**ADA).headers["Retry-After"] for _ in range(2))

    assert seconds == "7"
    assert parsedate_to_datetime(date) == START + timedelta(seconds=90)


def test_it_redirects_to_where_a_client_that_follows_is_seen(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault(kind="redirect", times=1))

    call("GET", "/orgs/c/contacts", allow_redirects=True)

    assert [received.path for received in sandbox.requests.all()] == ["/orgs/c/contacts", "/redirected"]


def test_it_strikes_only_the_requests_that_a_fault_names(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault(kind="error", method="POST", path_contains="/segments", status=500))
    path = f"/orgs/c/contacts/{call.create(**ADA).json()['id']}/segments"

    statuses = [call("GET", path).status_code, *(call("POST", f"{path}/seg").status_code for _ in range(3))]

    assert statuses == [200, 500, 500, 500]


def test_it_strikes_in_the_order_of_the_faults_until_each_is_used_up(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault(kind="error", times=2), Fault(kind="unauthorized", times=1))

    statuses = [call.create(**ADA).status_code for _ in range(4)]

    assert statuses == [503, 503, 401, 200]


def test_it_strikes_by_chance() -> None:
    faults = Faults(RLock(), chance=iter([0.2, 0.3, 0.0]).__next__)
    faults.add(Fault(kind="error", probability=0.3))

    struck = [faults.take("GET", "/orgs/c/contacts") is not None for _ in range(3)]

    assert struck == [True, False, True]


def test_it_ends_a_hang_when_it_closes_and_can_come_back(sandbox: SandboxServer, call: Client) -> None:
    call.create(**ADA)
    sandbox.faults.add(Fault(kind="hang", times=1))

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(call.create, **ADA)
        while sandbox.requests.total < 2:  # the timeout of the suite ends it if the request never comes
            os.sched_yield()
        sandbox.close()
        with pytest.raises(requests.ConnectionError):
            hanging.result(timeout=5)
    with pytest.raises(requests.ConnectionError, match="refused"):
        call.create(**ADA)
    sandbox.start()

    assert call.find() == ["Ada Example"]

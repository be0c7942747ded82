"""Processes that die, and processes that are told to stop."""

import contextlib
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from serve_process import BEARER, CONFIGURATION, SCRIPT, Served, lead, until

from app.sandbox import SandboxServer
from app.sandbox.faults import Fault, FaultKind
from app.store import Filter, Store

pytestmark = pytest.mark.slow


def emails(upstream: SandboxServer) -> list[str]:
    return [str(contact["channels"][0]["email"]) for contact in upstream.contacts.all()]


def delivered(upstream: SandboxServer, number: object) -> bool:
    return f"lead-{number}@example.com" in emails(upstream)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def test_it_restarts_delivery_that_was_killed(served: Served, upstream: SandboxServer) -> None:
    _, delivery = served.children()

    delivery.kill()
    assert served.post(lead("after-delivery")) == 200

    until(lambda: delivered(upstream, "after-delivery"))
    (died, *_) = [line for line in served.messages("process died") if line["process"] == "delivery"]
    assert died["status"] == -signal.SIGKILL


def test_it_answers_on_when_a_worker_was_killed(served: Served) -> None:
    worker = served.workers()[0]

    worker.kill()
    answers = [served.post(lead(f"w{n}")) for n in range(20)]

    assert answers == [200] * 20
    assert worker.pid not in [p.pid for p in served.workers()]


def test_connections_wait_while_the_web_process_is_replaced(served: Served) -> None:
    web = served.children()[0]
    workers = served.workers()
    web.suspend()
    for worker in workers:
        worker.kill()
    waiting = served.connection()
    waiting.request("POST", "/hooks/landing", lead("waiting"), BEARER)

    web.kill()

    assert waiting.getresponse().status == 200
    waiting.close()
    assert served.children()[0].pid != web.pid
    assert served.post(lead("after-web")) == 200


def test_a_killed_master_takes_its_workers_along_even_if_a_connection_is_kept_busy(served: Served) -> None:
    web, workers = served.children()[0], served.workers()
    busy = served.connection()
    busy.request("GET", "/healthz")
    busy.getresponse().read()

    web.kill()

    def over() -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            busy.request("GET", "/healthz")
            busy.getresponse().read()
        return gone(workers)

    until(over, 5)
    busy.close()


def test_a_killed_supervisor_takes_its_processes_along(serve: Callable[..., Served]) -> None:
    served = serve()
    family = psutil.Process(served.process.pid).children(recursive=True)

    served.process.kill()
    served.process.wait()

    until(lambda: gone(family))


def test_it_stops_gracefully_and_finishes_what_is_under_way(
    serve: Callable[..., Served], upstream: SandboxServer
) -> None:
    served = serve()
    family = [psutil.Process(served.process.pid), *psutil.Process(served.process.pid).children(recursive=True)]
    upstream.faults.add(Fault(FaultKind.LATENCY, times=1, seconds=1.5))
    assert served.post(lead("slow")) == 200
    until(lambda: not upstream.faults.waiting())
    idle = served.connection()
    idle.request("GET", "/healthz")
    idle.getresponse().read()
    half = served.connection()
    half.putrequest("POST", "/hooks/landing")
    for name, value in {**BEARER, "Content-Length": str(len(lead("half")))}.items():
        half.putheader(name, value)
    half.endheaders(lead("half")[:9])
    time.sleep(0.1)  # for the server to read the first half

    served.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)  # for the stop to begin
    half.send(lead("half")[9:])

    assert half.getresponse().status == 200
    assert served.process.wait(20) == 0
    assert gone(family[1:])
    assert delivered(upstream, "slow")
    (attempt,) = [line for line in served.messages("attempt") if line["event_id"] == "lead-slow-1"]
    assert attempt["outcome"] == "delivered"
    assert served.messages("process killed") == []
    half.close()
    idle.close()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Served]:
    """A bridge whose upstream, which nobody else asks, answers three seconds late."""
    with SandboxServer({"key-of-tests": "org_tests"}) as own:
        own.faults.add(Fault(FaultKind.LATENCY, times=1, seconds=3))
        text = CONFIGURATION.format(database_url="sqlite:///bridge.db", upstream_url=own.url)
        with Served(tmp_path, text) as served:
            served.post(lead("last"))
            until(lambda: not own.faults.waiting())
            yield served


def refused(served: Served) -> bool:
    try:
        served.wire().close()
    except ConnectionRefusedError:
        return True
    return False


def test_webhooks_are_answered_while_the_last_deliveries_end_and_no_connection_waits_in_vain(slow: Served) -> None:
    slow.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)  # for the stop to begin
    assert slow.post(lead("meanwhile")) == 200

    until(lambda: refused(slow), 6)

    assert slow.process.wait(20) == 0
    assert len(slow.messages("accepted")) == 2
    (attempt,) = slow.messages("attempt")
    assert attempt["outcome"] == "delivered"


def test_ctrl_c_stops_it_as_gracefully(serve: Callable[..., Served], upstream: SandboxServer) -> None:
    served = serve()
    upstream.faults.add(Fault(FaultKind.LATENCY, times=1, seconds=1))
    served.post(lead("interrupted"))
    until(lambda: not upstream.faults.waiting())
    family = psutil.Process(served.process.pid).children(recursive=True)

    for process in [psutil.Process(served.process.pid), *family]:  # as a terminal does
        with contextlib.suppress(psutil.NoSuchProcess):  # it was stopped by its parent meanwhile
            process.send_signal(signal.SIGINT)

    assert served.process.wait(20) == 0
    assert delivered(upstream, "interrupted")
    assert gone(family)


@pytest.mark.parametrize("again", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_stop_again_tidies_up_all_the_same(slow: Served, again: signal.Signals) -> None:
    slow.process.send_signal(again)
    time.sleep(0.3)  # for the stop to begin
    slow.process.send_signal(again)

    assert slow.process.wait(20) == 0
    assert not [*Path("/dev/shm").glob(f"contact-bridge-metrics-{slow.process.pid}-*")]


def test_a_process_that_dies_at_once_is_started_again_after_growing_pauses(tmp_path: Path) -> None:
    program = """
import sys
from app.logs import configure
from app.supervisor import supervise
configure()
supervise([("bad", lambda: sys.exit(3))], lambda: None)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout

    deaths = [json.loads(process.stdout.readline()) for _ in range(4)]

    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()
    assert [death["again_in"] for death in deaths] == [0.1, 0.2, 0.4, 0.8]
    assert {death["status"] for death in deaths} == {3}


def test_a_port_in_use_is_said_in_words(served: Served, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2]

    taken = subprocess.run(
        [SCRIPT, "serve", "--config", served.folder / "bridge.toml", "--port", port],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20, env={**os.environ, "PORT": "1"},
    )  # fmt: skip

    assert taken.returncode == 2
    assert taken.stderr == f"contact-bridge: port {port} on 127.0.0.1 is in use; choose another with --port\n"


def test_nothing_that_was_acknowledged_is_lost_and_nobody_doubled_when_processes_are_killed(
    served: Served, upstream: SandboxServer
) -> None:
    acknowledged: set[str] = set()
    stop = threading.Event()

    def send() -> None:
        for number in itertools.takewhile(lambda _: not stop.is_set(), itertools.count()):
            with contextlib.suppress(OSError, http.client.HTTPException):  # a sender would send it again
                if served.post(lead(f"k{number}")) == 200:
                    acknowledged.add(f"lead-k{number}-1")

    sender = threading.Thread(target=send)
    sender.start()
    for _ in range(3):
        time.sleep(0.2)
        served.workers()[0].kill()
        served.children()[1].kill()
    stop.set()
    sender.join()

    store = Store(f"sqlite:///{served.folder / 'bridge.db'}")
    assert acknowledged
    assert acknowledged <= {event["event_id"] for event in store.log.events(Filter(source="landing"), 100_000)}
    assert len(emails(upstream)) == len(set(emails(upstream)))
    store.close()

"""What is measured, scenario by scenario; `bench` says in which order, `report` how it is shown."""

import http.client
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench import load
from tests.bench.databases import Databases
from tests.bench.processes import Running, listening, sandbox, serving
from tests.bench.upstream import Upstream
from tests.bench.webhooks import webhooks

CONNECTIONS = (16, 64)
_MOST_A_SECOND = 6000  # more webhooks than this are never used up
_REFUSED_PORT = 9  # nobody listens there: without delivery, nobody calls it either

Rounds = dict[tuple[str, int], list[load.Result]]  # by what was measured, and the number of connections


@dataclass(frozen=True)
class Lengths:
    """How long to measure: rounds (fewer while delivering), the seconds of each, and events timed one by one."""

    warm_up: float
    seconds: float
    rounds: int
    rounds_delivering: int
    events: int


FULL = Lengths(warm_up=1.0, seconds=1.5, rounds=11, rounds_delivering=3, events=150)
QUICK = Lengths(warm_up=0.2, seconds=0.5, rounds=3, rounds_delivering=1, events=30)


def generator(folder: Path, lengths: Lengths) -> float:
    """Return how many requests a second the load generator can make: of the least that can answer."""
    with listening("responder", folder) as responder:
        measured = _rounds({"responder": responder.port}, 1, lengths.seconds)
    return min(result.rate for result in _results(measured, "responder"))


def acknowledgements(folder: Path, databases: Databases, lengths: Lengths) -> Rounds:
    """Measure acknowledgements without delivery, in turns with the ceiling. Raises `AssertionError` if one was lost."""
    with ExitStack() as stack:
        bridges = {
            f"acks, {kind}": stack.enter_context(serving(folder, databases.fresh(kind), _REFUSED_PORT, delivery=False))
            for kind in databases.kinds
        }
        servers = {"ceiling": stack.enter_context(listening("ceiling", folder)), **bridges}
        ports = {name: running.port for name, running in servers.items()}
        warm = _rounds(ports, 1, lengths.warm_up)
        measured = _rounds(ports, lengths.rounds, lengths.seconds)
        for name, running in bridges.items():
            _nothing_lost(running, [*_results(warm, name), *_results(measured, name)])
    return measured


def while_delivering(
    folder: Path, databases: Databases, kind: str, lengths: Lengths
) -> tuple[Rounds, dict[str, float]]:
    """Measure acknowledgements while the delivery process works off the same events, and the memory afterwards."""
    name = f"acks while delivering, {kind}"
    with sandbox(folder) as stand_in, serving(folder, databases.fresh(kind), stand_in.port, delivery=True) as bridge:
        warm = _rounds({name: bridge.port}, 1, lengths.warm_up)
        measured = _rounds({name: bridge.port}, lengths.rounds_delivering, lengths.seconds)
        memory = bridge.memory()
        _nothing_lost(bridge, [*_results(warm, name), *_results(measured, name)])
    return measured, memory


def idle(folder: Path, databases: Databases, kind: str, lengths: Lengths) -> tuple[float, list[float]]:
    """Return the seconds from the command to the first 200, and then, event by event with nothing else to do,
    those from a 200 to the request upstream."""
    upstream = Upstream()
    try:
        with serving(folder, databases.fresh(kind), upstream.port, delivery=True) as bridge:
            start, seconds = first_answer(bridge), []
            upstream.arrival(0)
            for number, request in enumerate(webhooks(lengths.events), 1):
                assert load.run(bridge.port, [request], 1, 5.0).failures == 0
                answered = time.monotonic()
                seconds.append(upstream.arrival(number) - answered)
                time.sleep(0.02)  # idle again
            return start, seconds
    finally:
        upstream.close()


def first_answer(bridge: Running, timeout: float = 30.0) -> float:
    """Return the seconds from the start of a bridge to its first 200. Raises `TimeoutError` if there is none."""
    request = webhooks(1)
    while time.monotonic() < bridge.started + timeout:
        try:
            if load.run(bridge.port, request, 1, timeout).latencies:
                return time.monotonic() - bridge.started
        except ConnectionRefusedError:
            time.sleep(0.002)
    raise TimeoutError("the bridge does not answer with 200")


def _rounds(ports: Mapping[str, int], rounds: int, seconds: float) -> Rounds:
    """Measure the servers in turns, so that whatever else the machine does meets all of them."""
    for port in ports.values():
        _wait(port)
    measured: Rounds = {}
    for _ in range(rounds):
        for connections in CONNECTIONS:
            for name, port in ports.items():
                requests = webhooks(int(_MOST_A_SECOND * seconds))
                result = load.run(port, requests, connections, seconds)
                measured.setdefault((name, connections), []).append(result)
    return measured


def _wait(port: int, timeout: float = 30.0) -> None:
    until = time.monotonic() + timeout
    while True:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=timeout).request("GET", "/healthz")
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _results(rounds: Rounds, name: str) -> list[load.Result]:
    return [result for (measured, _), results in rounds.items() if measured == name for result in results]


def _nothing_lost(bridge: Running, results: Sequence[load.Result]) -> None:
    acknowledged, kept = sum(len(result.latencies) for result in results), bridge.kept()
    assert kept >= acknowledged, f"{acknowledged} were acknowledged and {kept} are kept"

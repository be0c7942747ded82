"""Load on several servers in turns, round by round: what neighbours share is the mood of the machine."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from tests.bench import load
from tests.bench.bridges import kept, wait_for
from tests.bench.running import Running, cpu_seconds
from tests.bench.webhooks import webhooks

CONNECTIONS = (16, 64)
_MOST_A_SECOND = 6000  # more webhooks than this are never used up

Rounds = dict[tuple[str, int], list[load.Result]]  # by what was measured, and the number of connections


def in_turns(servers: Mapping[str, Running], rounds: int, seconds: float, *, alone: bool = False) -> Rounds:
    """Measure the servers in turns; where each is to be ``alone``, all others are held still meanwhile."""
    for server in servers.values():
        wait_for(server.port)
    measured: Rounds = {}
    with ExitStack() as stack:
        for server in servers.values() if alone else ():
            server.hold_still()
            stack.callback(server.go_on)
        for _ in range(rounds):
            for connections in CONNECTIONS:
                for name, server in servers.items():
                    if alone:
                        server.go_on()
                    measured.setdefault((name, connections), []).append(load_on(server, connections, seconds))
                    if alone:
                        server.hold_still()
    return measured


def load_on(server: Running, connections: int, seconds: float) -> load.Result:
    """Load one server for a while."""
    requests, before = many_webhooks(seconds), cpu_seconds(server.process.pid)
    result = load.run(server.port, requests, connections, seconds)
    result.cpu_seconds = cpu_seconds(server.process.pid) - before
    return result


def many_webhooks(seconds: float) -> list[bytes]:
    """Return more webhooks than anybody can acknowledge in so many seconds."""
    return webhooks(int(_MOST_A_SECOND * seconds))


def results(rounds: Rounds, name: str) -> list[load.Result]:
    """Return all that was measured of one server."""
    return [result for (measured, _), all_of_it in rounds.items() if measured == name for result in all_of_it]


def nothing_lost(bridge: Running, of_it: Sequence[load.Result], before: int = 0) -> None:
    """Raises `AssertionError` if less is kept than was acknowledged."""
    acknowledged, now = sum(len(result.latencies) for result in of_it), kept(bridge.port) - before
    assert now >= acknowledged, f"{acknowledged} were acknowledged and {now} are kept"

"""Load on several servers in turns, round by round: what neighbours share is the mood of the machine."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from tests.bench import load
from tests.bench.bridges import kept, wait_for
from tests.bench.running import Running
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
                    result = _measured(server, connections, seconds, alone=alone)
                    measured.setdefault((name, connections), []).append(result)
    return measured


def _measured(server: Running, connections: int, seconds: float, *, alone: bool) -> load.Result:
    requests = webhooks(int(_MOST_A_SECOND * seconds))
    if not alone:
        return load.run(server.port, requests, connections, seconds)
    server.go_on()
    try:
        return load.run(server.port, requests, connections, seconds)
    finally:
        server.hold_still()


def results(rounds: Rounds, name: str) -> list[load.Result]:
    """Return all that was measured of one server."""
    return [result for (measured, _), all_of_it in rounds.items() if measured == name for result in all_of_it]


def nothing_lost(bridge: Running, of_it: Sequence[load.Result], before: int = 0) -> None:
    """Raises `AssertionError` if less is kept than was acknowledged."""
    acknowledged, now = sum(len(result.latencies) for result in of_it), kept(bridge.port) - before
    assert now >= acknowledged, f"{acknowledged} were acknowledged and {now} are kept"

"""Bar 1: verified, de-duplicated, durable acknowledgements beside the ceiling, without delivery."""

from contextlib import ExitStack

from tests.bench.bridges import configured, serving
from tests.bench.figures import Figure, Found
from tests.bench.rounds import CONNECTIONS, Rounds, in_turns, nothing_lost, results
from tests.bench.running import listening
from tests.bench.setting import Setting
from tests.bench.tables import load_table, p99s, rates

_LEAST = {"sqlite": 0.5, "postgresql": 0.35}
_SLOWEST = 3.0


def measure(setting: Setting) -> Found:
    """Raises `AssertionError` if an acknowledged event was lost."""
    folder, databases, size = setting.folder, setting.databases, setting.size
    with ExitStack() as stack:
        bridges = {
            kind: stack.enter_context(serving(configured(folder, databases.fresh(kind)), delivery=False))
            for kind in databases.kinds
        }
        servers = {"ceiling": stack.enter_context(listening("ceiling", folder)), **bridges}
        warm = in_turns(servers, 1, size.warm_up)
        measured = in_turns(servers, size.rounds, size.seconds)
        for kind, bridge in bridges.items():
            nothing_lost(bridge, [*results(warm, kind), *results(measured, kind)])
    figures = [figure for kind in bridges for figure in _figures(measured, kind)]
    return Found(figures, load_table("acknowledgements", measured, "ceiling"))


def _figures(measured: Rounds, kind: str) -> list[Figure]:
    return [
        figure
        for connections in CONNECTIONS
        for figure in (
            Figure(
                f"acks of the ceiling, {kind}, {connections} connections",
                rates(measured, kind, "ceiling", connections),
                bar="1", limit=_LEAST[kind], portable="ratio",
            ),
            Figure(
                f"p99 by the ceiling's, {kind}, {connections} connections",
                p99s(measured, kind, "ceiling", connections),
                better="less", bar="1", limit=_SLOWEST, portable="ratio",
            ),
        )
    ]  # fmt: skip

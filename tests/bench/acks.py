"""Bar 1: verified, de-duplicated, durable acknowledgements beside the ceiling, without delivery."""

from contextlib import ExitStack

from tests.bench.bridges import configured, serving
from tests.bench.figures import Figure, Found
from tests.bench.rounds import Rounds, in_turns, nothing_lost, results
from tests.bench.running import listening
from tests.bench.setting import Setting
from tests.bench.tables import Bar, beside, load_table

_CEILING = "ceiling"
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
        servers = {_CEILING: stack.enter_context(listening("ceiling", folder)), **bridges}
        warm = in_turns(servers, 1, size.warm_up)
        measured = in_turns(servers, size.rounds, size.seconds)
        for kind, bridge in bridges.items():
            nothing_lost(bridge, [*results(warm, kind), *results(measured, kind)])
    figures = list[Figure]()
    for kind in bridges:
        figures += beside(measured, kind, _CEILING, f"{kind} by the ceiling", Bar("1", _LEAST[kind], _SLOWEST))
    return Found([*figures, *_cpu(measured)], load_table("acknowledgements", measured, _CEILING))


def _cpu(measured: Rounds) -> list[Figure]:
    """PostgreSQL's own comes on top."""
    return [
        Figure(
            f"processor time of an answer, {name}, {connections} connections",
            [result.cpu_ms for result in found],
            "ms",
            better="less",
            portable="cpu",
        )
        for (name, connections), found in measured.items()
    ]

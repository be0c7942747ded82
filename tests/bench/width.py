"""Bar 8: how acknowledgements and deliveries grow with processes on PostgreSQL, and the processor time of each part.

The bridges have one worker each, so that their number is that of the processes that answer. All of them share the
cores of this machine with the database and the load, so the processor time of an event is what can be carried on to
other machines; how far the rates grow says how many cores there are.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from app.config.model import Upstream
from tests.bench import load
from tests.bench.bridges import configured, serving, wait_for
from tests.bench.draining import drained
from tests.bench.figures import Figure, Found
from tests.bench.rounds import many_webhooks
from tests.bench.running import Running, cpu_seconds
from tests.bench.setting import Setting, say
from tests.bench.tables import middle, table

_WIDTHS = (1, 2, 4)
_CONNECTIONS = 64
_KIND = "postgresql"


@dataclass(frozen=True)
class Wide:
    """Events a second, and the milliseconds of processor time of each: in the bridge's processes, in PostgreSQL."""

    rate: float
    bridge_ms: float
    database_ms: float


def measure(setting: Setting) -> Found:
    """Nothing where there is no PostgreSQL."""
    if _KIND not in setting.databases.kinds:
        return Found([], ["PostgreSQL is not here"])
    say("  … acknowledgements")
    found = {"acks": _acknowledged(setting)}
    say("  … deliveries")
    found["deliveries"] = {width: _delivered(setting, width) for width in _WIDTHS}
    figures, rows = list[Figure](), [list(_HEAD)]
    for what, by_width in found.items():
        for width, runs in by_width.items():
            figures += _figures(what, width, runs, by_width[_WIDTHS[0]])
            rows.append(_row(what, width, runs))
    return Found(figures, table(rows))


def _acknowledged(setting: Setting) -> dict[int, list[Wide]]:
    """The same bridges all along; some of them idle while fewer are measured."""
    config = configured(setting.folder, setting.databases.fresh(_KIND), server={"workers": 1})
    with ExitStack() as stack:
        bridges = [stack.enter_context(serving(config, delivery=False)) for _ in range(max(_WIDTHS))]
        for bridge in bridges:
            wait_for(bridge.port)
        _load(setting, bridges, setting.size.warm_up)
        found: dict[int, list[Wide]] = {width: [] for width in _WIDTHS}
        for _ in range(setting.size.few):
            for width in _WIDTHS:
                found[width].append(_load(setting, bridges[:width], setting.size.seconds))
    return found


def _load(setting: Setting, bridges: Sequence[Running], seconds: float) -> Wide:
    def spent() -> tuple[float, float]:
        return sum(cpu_seconds(bridge.process.pid) for bridge in bridges), setting.databases.cpu_seconds()

    requests, before = many_webhooks(seconds), spent()
    result = load.run([bridge.port for bridge in bridges], requests, _CONNECTIONS, seconds)
    bridge, database = (1000 * (now - then) / len(result.latencies) for now, then in zip(spent(), before, strict=True))
    assert not result.failures, f"{result.failures} were not acknowledged"
    return Wide(result.rate, bridge, database)


def _delivered(setting: Setting, width: int) -> list[Wide]:
    runs = [drained(setting, _KIND, Upstream().concurrency, width) for _ in range(setting.size.drains)]
    return [Wide(run.rate, 1000 * run.delivery_cpu, 1000 * run.database_cpu) for run in runs]


def _figures(what: str, width: int, runs: Sequence[Wide], alone: Sequence[Wide]) -> list[Figure]:
    where = f"{what}, {width} {'process' if width == 1 else 'processes'} on PostgreSQL"
    growth = [run.rate / one.rate for run, one in zip(runs, alone, strict=True)]
    return [
        *([Figure(f"growth, {where}", growth, "times", bar="8", portable="ratio")] if width > 1 else []),
        Figure(f"a second, {where}", [run.rate for run in runs]),
        Figure(f"bridge's processor time, {where}", [r.bridge_ms for r in runs], "ms", "less", portable="cpu"),
        Figure(f"PostgreSQL's processor time, {where}", [r.database_ms for r in runs], "ms", "less", portable="cpu"),
    ]


_HEAD = ("on PostgreSQL", "processes", "a second", "slowest to fastest", "bridge's ms each", "PostgreSQL's ms each")


def _row(what: str, width: int, runs: Sequence[Wide]) -> list[str]:
    rates = [run.rate for run in runs]
    return [
        what,
        str(width),
        f"{middle(rates):.0f}",
        f"{min(rates):.0f} to {max(rates):.0f}",
        f"{middle(run.bridge_ms for run in runs):.2f}",
        f"{middle(run.database_ms for run in runs):.2f}",
    ]

"""Bar 8: how acknowledging, mapping and delivering grow with processes on PostgreSQL, and what an event costs.

The bridges have one worker each, so that their number is that of the processes that answer. All of them share the
cores of this machine with the database and the load: how far the rates grow says how many cores there are, and it is
the processor time of an event that can be carried on to other machines.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from app.config.model import Upstream
from tests.bench import load
from tests.bench.bridges import configured, serving, wait_for
from tests.bench.costs import Meter, Worked
from tests.bench.draining import drained, mapped
from tests.bench.figures import Figure, Found
from tests.bench.rounds import many_webhooks
from tests.bench.running import Running
from tests.bench.setting import Setting, say
from tests.bench.tables import middle, table

ACKS, MAPPINGS, DELIVERIES = "acks", "mappings", "deliveries"  # the last are mapped first, too
PARTS = BRIDGE, DATABASE, LOG = "bridge's processor time", "PostgreSQL's processor time", "PostgreSQL's log"
_WIDTHS = (1, 2, 4)
_CONNECTIONS = 64
_KIND = "postgresql"
_HEAD = (
    "on PostgreSQL", "processes", "a second", "slowest to fastest", "bridge's ms each", "PostgreSQL's ms each",
    "PostgreSQL's log, bytes each",
)  # fmt: skip

Runs = Mapping[int, Sequence[Worked]]  # by the number of processes


def measure(setting: Setting) -> Found:
    """Nothing where there is no PostgreSQL."""
    if _KIND not in setting.databases.kinds:
        return Found([], ["PostgreSQL is not here"])
    found = dict[str, Runs]()
    for what, work in ((ACKS, _acknowledged), (MAPPINGS, _mapped), (DELIVERIES, _delivered)):
        say(f"  … {what}")
        found[what] = work(setting)
    figures = [figure for what, runs in found.items() for figure in _figures(what, runs)]
    rows = [_row(what, width, runs[width]) for what, runs in found.items() for width in _WIDTHS]
    return Found(figures, table([_HEAD, *rows]))


def _acknowledged(setting: Setting) -> Runs:
    """The same bridges all along; some of them idle while fewer are measured."""
    config = configured(setting.folder, setting.databases.fresh(_KIND), server={"workers": 1})
    with ExitStack() as stack:
        bridges = [stack.enter_context(serving(config, delivery=False)) for _ in range(max(_WIDTHS))]
        for bridge in bridges:
            wait_for(bridge.port)
        _load(setting, bridges, setting.size.warm_up)
        found: dict[int, list[Worked]] = {width: [] for width in _WIDTHS}
        for _ in range(setting.size.few):
            for width in _WIDTHS:
                found[width].append(_load(setting, bridges[:width], setting.size.seconds))
    return found


def _load(setting: Setting, bridges: Sequence[Running], seconds: float) -> Worked:
    requests, meter = many_webhooks(seconds), Meter(setting.databases, bridges)
    result = load.run([bridge.port for bridge in bridges], requests, _CONNECTIONS, seconds)
    assert not result.failures, f"{result.failures} were not acknowledged"
    return Worked(result.rate, meter.each(len(result.latencies)))


def _mapped(setting: Setting) -> Runs:
    return {width: [mapped(setting, _KIND, width) for _ in range(setting.size.drains)] for width in _WIDTHS}


def _delivered(setting: Setting) -> Runs:
    at_a_time, times = Upstream().concurrency, setting.size.drains
    return {width: [drained(setting, _KIND, at_a_time, width) for _ in range(times)] for width in _WIDTHS}


def _figures(what: str, by_width: Runs) -> list[Figure]:
    figures = list[Figure]()
    for width, runs in by_width.items():
        where = f"{what}, {width} {'process' if width == 1 else 'processes'} on PostgreSQL"
        costs = [run.cost for run in runs]
        growth = [run.rate / one.rate for run, one in zip(runs, by_width[1], strict=True)]
        figures += [Figure(f"growth, {where}", growth, "times", bar="8", portable="ratio")] if width > 1 else []
        figures += [
            Figure(f"a second, {where}", [run.rate for run in runs]),
            Figure(f"{BRIDGE}, {where}", [cost.bridge_ms for cost in costs], "ms", "less", portable="cpu"),
            Figure(f"{DATABASE}, {where}", [cost.database_ms for cost in costs], "ms", "less", portable="cpu"),
            Figure(f"{LOG}, {where}", [cost.log_bytes for cost in costs], "bytes", "less", portable="ratio"),
        ]
    return figures


def _row(what: str, width: int, runs: Sequence[Worked]) -> Sequence[str]:
    rates, costs = [run.rate for run in runs], [run.cost for run in runs]
    parts = (("bridge_ms", ".2f"), ("database_ms", ".2f"), ("log_bytes", ".0f"))
    medians = (format(middle(getattr(cost, part) for cost in costs), digits) for part, digits in parts)
    return what, str(width), f"{middle(rates):.0f}", f"{min(rates):.0f} to {max(rates):.0f}", *medians

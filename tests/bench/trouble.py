"""Bar 2: acknowledgements while delivery runs, with an upstream that is fine, hangs, refuses or answers 500.

All bridges are there at once and take turns; whoever is not measured is held still, or it would work off in the
others' turns what it was sent in its own.
"""

from contextlib import AbstractContextManager, ExitStack

from tests.bench.bridges import NOBODY, configured, serving
from tests.bench.figures import Figure, Found
from tests.bench.rounds import Rounds, in_turns, nothing_lost, results
from tests.bench.running import Running, listening
from tests.bench.setting import Setting, say
from tests.bench.tables import Bar, beside, load_table

_WITHOUT, _FINE, _REFUSING = "no delivery", "fine", "refusing"
_UPSTREAMS = {_FINE: ("--latency", "0.1"), "hanging": ("--hang",), "answering 500": ("--status", "500")}
_BAR = Bar("2", least=0.95, most=1.05)


def measure(setting: Setting) -> Found:
    """Raises `AssertionError` if an acknowledged event was lost."""
    figures, lines = list[Figure](), list[str]()
    for kind in setting.databases.kinds:
        say(f"  … {kind}")
        measured = _measured(setting, kind)
        figures += _figures(measured, kind)
        lines += load_table(f"{kind}, upstream", measured, _WITHOUT, _FINE)
    return Found(figures, lines)


def _measured(setting: Setting, kind: str) -> Rounds:
    size = setting.size
    with ExitStack() as stack:
        upstreams = {
            name: stack.enter_context(listening("stand_in", setting.folder, *arguments))
            for name, arguments in _UPSTREAMS.items()
        }
        ports = {name: upstream.port for name, upstream in upstreams.items()}
        bridges = {_WITHOUT: stack.enter_context(_bridge(setting, kind, NOBODY, delivery=False))}
        for name, port in {**ports, _REFUSING: NOBODY}.items():
            bridges[name] = stack.enter_context(_bridge(setting, kind, port, delivery=True))
        warm = in_turns(bridges, 1, size.warm_up, alone=True)
        measured = in_turns(bridges, size.rounds, size.seconds, alone=True)
        for name, bridge in bridges.items():
            nothing_lost(bridge, [*results(warm, name), *results(measured, name)])
        for upstream in upstreams.values():
            upstream.process.terminate()  # so that nobody who is to end has to wait for an answer
    return measured


def _bridge(setting: Setting, kind: str, upstream: int, *, delivery: bool) -> AbstractContextManager[Running]:
    return serving(configured(setting.folder, setting.databases.fresh(kind), upstream), delivery=delivery)


def _figures(measured: Rounds, kind: str) -> list[Figure]:
    """The bar is about trouble; what delivery itself costs shows where the upstream is fine."""
    figures = list[Figure]()
    for name in (*_UPSTREAMS, _REFUSING):
        judged = Bar() if name == _FINE else _BAR
        figures += beside(measured, name, _WITHOUT, f"upstream {name} by {_WITHOUT}, {kind}", judged)
        if name != _FINE:
            figures += beside(measured, name, _FINE, f"upstream {name} by {_FINE}, {kind}", Bar())
    return figures

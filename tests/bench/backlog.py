"""Bar 5: what a million stored events, a tenth of them waiting, cost: beside a store that is all but empty."""

import time
from contextlib import ExitStack

from tests.bench import operations
from tests.bench.bridges import configured, metrics, serving
from tests.bench.figures import Figure, Found
from tests.bench.operations import CLAIM, COUNT, LOOK_UP, SETTLE, Times, timed
from tests.bench.retention import AT_REST, AT_WORK, Tidied, while_tidying
from tests.bench.rounds import Rounds, in_turns, nothing_lost, results
from tests.bench.setting import Setting, say
from tests.bench.stored import Contents, fill
from tests.bench.tables import Bar, beside, load_table, middle, table

_SMALL, _LARGE, _METRICS = "empty", "large", "/metrics"
_MOST = 1.2  # times as slow
_BAR, _BAR_TIDYING = Bar("5", 1 / _MOST, _MOST), Bar("5", most=1.5)


def measure(setting: Setting) -> Found:
    """Raises `AssertionError` if an acknowledged event was lost."""
    figures, lines = list[Figure](), list[str]()
    for kind in setting.databases.kinds:
        urls = _stores(setting, kind)
        disk = setting.databases.size(urls[_LARGE]) / setting.backlog.events
        figures.append(Figure(f"disk of a stored event, {kind}", [disk], "bytes", better="less", portable="ratio"))
        say(f"  … {kind}")
        times = timed(urls, setting.size.claims)
        acks, tidied = _acknowledged(setting, urls, times)
        figures += _operations(times, kind)
        figures += beside(acks, _LARGE, _SMALL, f"large store by an empty one, {kind}", _BAR)
        figures += beside(tidied.rounds, AT_WORK, AT_REST, f"{AT_WORK} by {AT_REST}, {kind}", _BAR_TIDYING)
        lines += [
            f"{kind}: {disk:.0f} bytes of disk for a stored event",
            *_table(times, kind),
            "",
            *load_table(f"{kind}, store", acks, _SMALL),
            "",
        ]
        lines += [*load_table(f"{kind}, large store", tidied.rounds, AT_REST), _progress(setting, tidied), ""]
    return Found(figures, lines)


def _small(setting: Setting) -> Contents:
    """As good as empty: there is somebody to look up, and enough to claim."""
    return Contents(pending=(setting.size.claims + 1) * operations.AT_ONCE, settled=2)


def _stores(setting: Setting, kind: str) -> dict[str, str]:
    url = setting.databases.fresh(kind)
    fill(url, _small(setting))
    return {_SMALL: url, _LARGE: setting.large(kind)}


def _acknowledged(setting: Setting, urls: dict[str, str], times: Times) -> tuple[Rounds, Tidied]:
    before = {_SMALL: _small(setting).events, _LARGE: setting.backlog.events}
    with ExitStack() as stack:
        bridges = {
            name: stack.enter_context(serving(configured(setting.folder, url), delivery=False))
            for name, url in urls.items()
        }
        warm = in_turns(bridges, 1, setting.size.warm_up)
        measured = in_turns(bridges, setting.size.few, setting.size.seconds)
        for name, bridge in bridges.items():
            nothing_lost(bridge, [*results(warm, name), *results(measured, name)], before[name])
            times[_METRICS, name] = [_seconds_of_metrics(bridge.port) for _ in range(setting.size.few)]
        return measured, while_tidying(setting, urls[_LARGE], bridges[_LARGE])


def _seconds_of_metrics(port: int) -> float:
    started = time.perf_counter()
    metrics(port)
    return time.perf_counter() - started


def _operations(times: Times, kind: str) -> list[Figure]:
    """What only an operator waits for has no bar."""
    figures = []
    for operation in (CLAIM, SETTLE, LOOK_UP, COUNT, _METRICS):
        pairs = zip(times[operation, _LARGE], times[operation, _SMALL], strict=True)
        ratios = [large / small for large, small in pairs]
        bar, most = ("", None) if operation in (COUNT, _METRICS) else ("5", _MOST)
        name = f"{operation}, large store by an empty one, {kind}"
        figures.append(Figure(name, ratios, better="less", bar=bar, limit=most, portable="ratio"))
    return figures


def _table(times: Times, kind: str) -> list[str]:
    timed_ones = dict.fromkeys(operation for operation, _ in times)
    cells = [[f"{1000 * middle(times[each, store]):.2f}" for store in (_SMALL, _LARGE)] for each in timed_ones]
    rows = [[each, *row] for each, row in zip(timed_ones, cells, strict=True)]
    return table([[f"{kind}, ms", _SMALL, _LARGE], *rows])


def _progress(setting: Setting, tidied: Tidied) -> str:
    return (
        f"retention emptied {tidied.emptied} of {setting.backlog.old} meanwhile, "
        f"{tidied.emptied / tidied.seconds:.0f} a second"
    )

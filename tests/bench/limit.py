"""Bar 4: how much of the rate limit is used by four delivery processes together, and that it is never exceeded."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

from tests.bench.arrivals import most_in_a_window, used
from tests.bench.bridges import configured, delivering
from tests.bench.draining import LATENCY, wait_for_arrivals
from tests.bench.figures import Figure, Found
from tests.bench.running import listening
from tests.bench.setting import Setting
from tests.bench.stand_in import arrivals
from tests.bench.stored import Contents, fill

_PROCESSES = 4
_LEAST_USED = 0.99
_MINUTE, _LONGEST = 60.0, 1.5  # times as long as it should take


def measure(setting: Setting) -> Found:
    """Both databases at once: these processes mostly wait."""
    kinds = setting.databases.kinds
    with ThreadPoolExecutor(len(kinds)) as pool:
        arrived = dict(zip(kinds, pool.map(lambda kind: _arrivals(setting, kind), kinds), strict=True))
    return Found([figure for kind in kinds for figure in _figures(setting, kind, arrived[kind])])


def _arrivals(setting: Setting, kind: str) -> list[float]:
    """What is delivered in the time that it should take, and a half more if need be."""
    size, url = setting.size, setting.databases.fresh(kind)
    wanted = size.limit * size.whole_limits + 1
    fill(url, Contents(received=wanted + size.limit))
    with listening("stand_in", setting.folder, "--latency", str(LATENCY)) as upstream, ExitStack() as stack:
        config = configured(setting.folder, url, upstream.port, upstream={"rate_limit": size.limit})
        for _ in range(_PROCESSES):
            stack.enter_context(delivering(config))
        wait_for_arrivals(upstream.port, 1, _MINUTE)
        with suppress(TimeoutError):
            wait_for_arrivals(upstream.port, wanted, _longest(setting))
        return arrivals(upstream.port, None)


def _longest(setting: Setting) -> float:
    return setting.size.whole_limits * _MINUTE * _LONGEST


def _figures(setting: Setting, kind: str, arrived: list[float]) -> list[Figure]:
    limit = setting.size.limit
    where = f"{kind}, {_PROCESSES} delivery processes at {limit} a minute"
    most, share = float(most_in_a_window(arrived)), used(arrived, limit, _longest(setting))
    return [
        Figure(f"most requests in any 60 s, {where}", [most], better="less", bar="4", limit=float(limit)),
        Figure(f"of the rate limit used, {where}", [share], bar="4", limit=_LEAST_USED, portable="ratio"),
    ]

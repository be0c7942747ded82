"""Bar 6: seconds from the command to the first 200, with a new database and with a large store."""

from collections.abc import Sequence

from tests.bench.bridges import configured, first_answer, serving
from tests.bench.figures import Figure, Found
from tests.bench.running import cpu_seconds
from tests.bench.setting import Setting
from tests.bench.tables import middle, table

_MOST_SECONDS = 1.0

_Start = tuple[float, float]  # seconds to the first 200, and how much processor time they took


def measure(setting: Setting) -> Found:
    """Raises `TimeoutError` if a bridge does not answer."""
    starts, databases = dict[str, list[_Start]](), setting.databases
    for kind in databases.kinds:
        large = setting.large(kind)
        starts[f"new database, {kind}"] = [_start(setting, databases.fresh(kind)) for _ in _times(setting)]
        starts[f"large store, {kind}"] = [_start(setting, large) for _ in _times(setting)]
    rows = [(where, *(f"{middle(part):.2f}" for part in zip(*seen, strict=True))) for where, seen in starts.items()]
    figures = [figure for where, seen in starts.items() for figure in _figures(where, seen)]
    return Found(figures, table([("from the command to the first 200", "seconds", "of the processors"), *rows]))


def _times(setting: Setting) -> range:
    return range(setting.size.starts)


def _start(setting: Setting, database_url: str) -> _Start:
    with serving(configured(setting.folder, database_url), delivery=True) as bridge:
        return first_answer(bridge), cpu_seconds(bridge.process.pid)


def _figures(where: str, starts: Sequence[_Start]) -> list[Figure]:
    seconds, spent = zip(*starts, strict=True)
    name = f"from the command to the first 200, {where}"
    return [
        Figure(name, seconds, "s", better="less", bar="6", limit=_MOST_SECONDS),
        Figure(f"processor time {name}", spent, "s", better="less", portable="cpu"),
    ]

"""Bar 4: how fast one delivery process works off what is stored: no rate limit, an upstream that takes 100 ms."""

from collections.abc import Sequence

from app.config.model import Upstream
from tests.bench.costs import Worked
from tests.bench.draining import LATENCY, drained
from tests.bench.figures import Figure, Found
from tests.bench.setting import Setting, say
from tests.bench.tables import middle, table

_DEFAULT, _MORE = Upstream().concurrency, 64
_LEAST = 300.0
_HEAD = (
    "one process",
    "at a time",
    "a second",
    "slowest to fastest",
    "cpu ms each",
    "PostgreSQL's",
    "at most",
)


def measure(setting: Setting) -> Found:
    """Raises `TimeoutError` if deliveries stop."""
    figures, rows = list[Figure](), list[Sequence[str]]([_HEAD])
    for kind in setting.databases.kinds:
        for concurrency in dict.fromkeys((_DEFAULT, _MORE)):
            say(f"  … {kind}, {concurrency} at a time")
            runs = [drained(setting, kind, concurrency) for _ in range(setting.size.drains)]
            figures += _figures(runs, kind, concurrency)
            rows.append(_row(runs, kind, concurrency))
    return Found(figures, table(rows))


def _figures(runs: Sequence[Worked], kind: str, concurrency: int) -> list[Figure]:
    where, default = f"{kind}, {concurrency} at a time", concurrency == _DEFAULT
    bar, least = ("4", _LEAST) if default else ("", None)
    return [
        Figure(f"deliveries a second, {where}", [run.rate for run in runs], bar=bar, limit=least),
        Figure(
            f"processor time of a delivery, {where}", [run.cost.bridge_ms for run in runs], "ms",
            better="less", portable="cpu",
        ),
    ]  # fmt: skip


def _row(runs: Sequence[Worked], kind: str, concurrency: int) -> tuple[str, ...]:
    rates = [run.rate for run in runs]
    cpu, database = (middle(getattr(run.cost, part) for run in runs) for part in ("bridge_ms", "database_ms"))
    at_most = concurrency / LATENCY
    return (
        kind, str(concurrency), f"{middle(rates):.0f}", f"{min(rates):.0f} to {max(rates):.0f}",
        f"{cpu:.2f}", f"{database:.2f}", f"{at_most:.0f}",
    )  # fmt: skip

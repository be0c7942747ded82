"""What got slower: the figures that mean the same on every machine, beside those of a baseline."""

import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.figures import Figure, figure_from

SLOWER = 1.15  # times as slow
_SURE = 2.0  # standard errors
_UNKNOWN = 0.1  # the standard error of what was measured once or twice


@dataclass(frozen=True)
class Compared:
    """A figure, then and now. ``times`` as slow it is; only over ``allowed`` is it more than noise."""

    section: str
    figure: Figure
    before: float
    now: float
    times: float
    allowed: float

    @property
    def slower(self) -> bool:
        return self.times > self.allowed

    @property
    def key(self) -> tuple[str, str]:
        return self.section, self.figure.name


def compared(document: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[Compared]:
    """Return every portable figure that is in both."""
    return [
        found
        for name, section in document["sections"].items()
        if name in baseline["sections"]
        for found in _section(name, section, baseline["sections"][name])
    ]


def _section(name: str, now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Compared]:
    old = {figure.name: figure for figure in map(figure_from, before["figures"])}
    for figure in map(figure_from, now["figures"]):
        if figure.portable and (was := old.get(figure.name)):
            # processor time is compared as if both machines were as fast
            faster = before["speed_ms"] / now["speed_ms"] if figure.portable == "cpu" else 1.0
            mine = figure.median * faster
            times = was.median / mine if figure.better == "more" else mine / was.median
            noise = _SURE * math.hypot(_error(figure), _error(was))
            yield Compared(name, figure, was.median, mine, times, max(SLOWER, 1 + noise))


def _error(figure: Figure) -> float:
    """The standard error of a median, as a part of it."""
    if len(figure.samples) < 3:
        return _UNKNOWN
    return 1.25 * statistics.stdev(figure.samples) / math.sqrt(len(figure.samples)) / figure.median

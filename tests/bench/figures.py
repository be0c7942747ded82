"""A figure: one thing that was measured, once a round, and what it is to be."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Figure:
    """``samples``, one a round, in ``unit``; their median is what counts.

    ``bar`` is the number of the issue's bar that is judged by it ("" for none), and ``limit`` the least it is to
    be, or the most where ``better`` is "less". ``portable`` figures mean the same on another machine, more or less:
    ratios within a run. "cpu" ones do once the machines' speeds are taken into account.
    """

    name: str
    samples: Sequence[float]
    unit: str = ""
    better: Literal["more", "less"] = "more"
    bar: str = ""
    limit: float | None = None
    portable: Literal["", "ratio", "cpu"] = ""

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None if there is none."""
        if self.limit is None:
            return None
        return self.median >= self.limit if self.better == "more" else self.median <= self.limit

    def document(self) -> dict[str, Any]:
        """Return it as plain data, with its median."""
        return {**asdict(self), "samples": [round(sample, 6) for sample in self.samples], "median": self.median}


def figure_from(document: Mapping[str, Any]) -> Figure:
    """Read what `Figure.document` wrote."""
    return Figure(**{name: value for name, value in document.items() if name != "median"})


@dataclass(frozen=True)
class Found:
    """What a section found: its figures, and lines with the details for a terminal. ``failed``: why there are none."""

    figures: Sequence[Figure]
    lines: Sequence[str] = ()
    failed: str = ""

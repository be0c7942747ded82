"""What was measured as one document, and that as text."""

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.config.model import Server
from tests.bench.figures import Figure, Found, figure_from
from tests.bench.tables import table

_COLUMNS = ("bar", "", "measured", "lowest to highest", "is to be", "")
_VERDICTS = {True: "met", False: "MISSED", None: ""}


def machine() -> dict[str, Any]:
    """Return the facts that numbers depend on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def section(found: Found) -> dict[str, Any]:
    """Return what a section found as plain data."""
    figures = [figure.document() for figure in found.figures]
    return {"figures": figures, "lines": list(found.lines), "failed": found.failed}


def figures(document: Mapping[str, Any]) -> dict[str, list[Figure]]:
    """Return the figures of a document, by section."""
    return {name: [figure_from(each) for each in found["figures"]] for name, found in document["sections"].items()}


def text(document: Mapping[str, Any]) -> str:
    """Return everything as text for a terminal: the details, and in the end one table of all that has a bar."""
    facts = document["machine"]
    software = f"Python {facts['python']}, {facts['system']}, load {facts['load_before']} before"
    lines = [
        f"{facts['processor']}, {facts['cores']} cores, {software}",
        f"{Server.workers} workers x {Server.threads} threads; PostgreSQL: {document['postgresql'] or 'not here'}",
    ]
    for name, found in document["sections"].items():
        lines += ["", *found["lines"]] if found["lines"] else []
        lines += ["", f"{name} FAILED: {found['failed']}"] if found["failed"] else []
    judged = [figure for found in figures(document).values() for figure in found if figure.bar]
    return "\n".join([*lines, "", *table([_COLUMNS, *map(_cells, sorted(judged, key=_bar))], words=2)])


def _bar(figure: Figure) -> str:
    return figure.bar


def _cells(figure: Figure) -> Sequence[str]:
    lowest, highest = min(figure.samples), max(figure.samples)
    relation = ">=" if figure.better == "more" else "<="
    return (
        figure.bar,
        figure.name,
        _number(figure.median, figure.unit),
        f"{_number(lowest)} to {_number(highest)}" if len(figure.samples) > 1 else "",
        "" if figure.limit is None else f"{relation} {_number(figure.limit, figure.unit)}",
        _VERDICTS[figure.met],
    )


def _number(number: float, unit: str = "") -> str:
    """Three digits that count."""
    digits = f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"
    return f"{digits} {unit}".rstrip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())

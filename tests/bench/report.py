"""One table of what was measured, as text and as plain data."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.config.model import Server
from tests.bench.load import Result
from tests.bench.scenarios import Rounds

_COLUMNS = ("", "connections", "a second", "slowest to fastest", "of ceiling", "p50 ms", "p99 ms", "p99 / ceiling's")
Row = dict[str, Any]


def machine() -> dict[str, Any]:
    """Return the facts that numbers depend on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def rows(rounds: Rounds) -> list[Row]:
    """Return a row for each thing measured and number of connections: medians over the rounds."""
    return [_row(name, connections, results, rounds) for (name, connections), results in rounds.items()]


def _row(name: str, connections: int, results: Sequence[Result], rounds: Rounds) -> Row:
    rate, p99 = _median([r.rate for r in results]), _median([r.percentile(99) for r in results])
    row = {
        "name": name,
        "connections": connections,
        "rate": rate,
        "slowest": min(r.rate for r in results),
        "fastest": max(r.rate for r in results),
        "p50_ms": 1000 * _median([r.percentile(50) for r in results]),
        "p99_ms": 1000 * p99,
        "failures": sum(r.failures for r in results),
    }
    if ceiling := rounds.get(("ceiling", connections)):
        # round by round: what a round shares with its neighbour is the mood of the machine
        pairs = list(zip(results, ceiling, strict=False))
        row["of_ceiling"] = _median([ours.rate / bare.rate for ours, bare in pairs])
        row["p99_of_ceiling"] = _median([ours.percentile(99) / bare.percentile(99) for ours, bare in pairs])
    return row


def latency(seconds: Sequence[float]) -> dict[str, float]:
    """Return ``{events, p50_ms, p99_ms}``."""
    result = Result(list(seconds))
    return {"events": len(seconds), "p50_ms": 1000 * result.percentile(50), "p99_ms": 1000 * result.percentile(99)}


def text(document: Mapping[str, Any]) -> str:
    """Return everything as text for a terminal."""
    facts = document["machine"]
    software = f"Python {facts['python']}, {facts['system']}, load {facts['load_before']} before"
    lines = [
        f"{facts['processor']}, {facts['cores']} cores, {software}",
        f"2 workers x {Server.threads} threads; PostgreSQL: {document['postgresql'] or 'not here'}",
        f"the load generator, on the same cores, can make {document['generator']:.0f} requests a second",
        "",
        *_table([_COLUMNS, *(_cells(row) for row in document["acknowledgements"])]),
        "",
    ]
    for name, found in document["idle"].items():
        lines.append(
            f"from 200 to upstream, {name}: p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms "
            f"({found['events']} events, one at a time)"
        )
    lines += [f"from the command to the first 200, {name}: {s:.2f} s" for name, s in document["start"].items()]
    for name, found in document["memory"].items():
        lines.append(
            f"memory after the load, {name}: {found['rss_mb']:.0f} MB RSS, {found['pss_mb']:.0f} MB PSS "
            f"({found['processes']} processes)"
        )
    worst = ", ".join(f"{row['provider']} {row['ms']:.2f} ms" for row in document["providers"])
    lines.append(f"verifying and reading 4 KB, the slowest providers: {worst}")
    return "\n".join(lines)


def _cells(row: Row) -> Sequence[str]:
    failed = f" ({row['failures']} FAILED)" if row["failures"] else ""
    return (
        row["name"],
        str(row["connections"]),
        f"{row['rate']:.0f}{failed}",
        f"{row['slowest']:.0f} to {row['fastest']:.0f}",
        f"{100 * row['of_ceiling']:.0f} %" if "of_ceiling" in row else "",
        f"{row['p50_ms']:.1f}",
        f"{row['p99_ms']:.1f}",
        f"{row['p99_of_ceiling']:.1f}" if "p99_of_ceiling" in row else "",
    )


def _table(cells: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(c.ljust(w) if n == 0 else c.rjust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in cells
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _median(numbers: Sequence[float]) -> float:
    return statistics.median(numbers)

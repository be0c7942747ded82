"""What `make bench` measured, for the README and for docs/scaling.md: made from the saved baseline."""

import re
from collections.abc import Mapping
from typing import Any

from tests.bench import baseline, width
from tests.bench.figures import Figure
from tests.bench.report import figures

_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_A_SECOND = 10_000
_MONTH_SECONDS = 30 * 24 * 3600
_BUSY = 0.5  # of the cores, so that a burst or a lost machine is no outage


Document = Mapping[str, Any]


def saved() -> Document:
    """Return the baseline: a full run if there is one, else a quick one."""
    try:
        return baseline.load("full")
    except LookupError:
        return baseline.load("quick")


def where(found: Document) -> str:
    """On what it was measured, in a sentence."""
    machine = found["machine"]
    run = "" if found["size"] == "full" else " (`--quick`: few rounds, small stores)"
    software = f"{machine['system']}, Python {machine['python']}, PostgreSQL {found['postgresql']}"
    cores = f"{machine['cores']} cores ({machine['processor']}; {software})"
    return (
        f"Measured{run} on a virtual machine with {cores}, on which a load of {machine['load_before']:.1f} was before."
    )


def bars(document: Document) -> str:
    """Every bar, with the medians on both databases; those that were missed are bold."""
    rows: dict[tuple[str, str], dict[str, list[Figure]]] = {}
    for found in figures(document).values():
        for figure in found:
            if figure.bar:
                name, database = _told_apart(figure.name)
                rows.setdefault((figure.bar, name), {}).setdefault(database, []).append(figure)
    lines = [
        f"| {bar} | {name} | {' | '.join(_cell(row.get(database, [])) for database in _DATABASES)} | {_limit(row)} |"
        for (bar, name), row in sorted(rows.items(), key=lambda row: row[0][0])
    ]
    return "\n".join(["| bar | | SQLite | PostgreSQL | is to be |", "|---|---|---|---|---|", *lines])


def _told_apart(name: str) -> tuple[str, str]:
    """A figure's name without the database and the number of connections, and the database."""
    database = re.search(r"\b(sqlite|postgresql)\b", name)
    name = re.sub(r",? ?\b(sqlite|postgresql)\b|, \d+ connections", "", name)
    return name, database[1] if database else "postgresql"


def _cell(found: list[Figure]) -> str:
    """At 16 and at 64 connections, where both were measured."""
    return " / ".join(f"**{_number(f.median)}**" if f.met is False else _number(f.median) for f in found)


def _limit(row: Mapping[str, list[Figure]]) -> str:
    judged = [figure for found in row.values() for figure in found]
    signs = {"more": "≥", "less": "≤"}
    limits = [f"{signs[figure.better]} {_number(figure.limit)}" for figure in judged if figure.limit]
    unit = next((figure.unit for figure in judged if figure.limit), "")
    return f"{' / '.join(dict.fromkeys(limits))} {unit}".strip()


def _number(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"


def costs(document: Document) -> str:
    """What an event costs on PostgreSQL, and what that comes to at 10,000 a second."""
    acks, mappings, deliveries = (_cost(document, work) for work in (width.ACKS, width.MAPPINGS, width.DELIVERIES))
    only = tuple(max(0.0, whole - first) for whole, first in zip(deliveries, mappings, strict=True))
    steps = {"acknowledged": acks, "mapped": mappings, "delivered, one by one": only}
    return "\n".join(
        [
            "| an event that is | in the bridge | in PostgreSQL | PostgreSQL's log |",
            "|---|---|---|---|",
            *(
                _row(name, f"{ours:.2f} ms", f"{its:.2f} ms", f"{log / 1000:.1f} KB")
                for name, (ours, its, log) in steps.items()
            ),
            _at_once(f"**{_A_SECOND:,} a second**", *steps.values()),
            _at_once("the same, without delivering", acks, mappings),
        ]
    )


def _at_once(name: str, *steps: tuple[float, ...]) -> str:
    bridge, database, log = (sum(step[part] for step in steps) for part in range(3))
    cores = [f"{part / 1000 * _A_SECOND / _BUSY:.0f} cores, half busy" for part in (bridge, database)]
    return _row(name, *cores, f"{log * _A_SECOND / 1e6:.0f} MB a second")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def disk(document: Document) -> str:
    """What stored events take on disk, in a sentence."""
    each = _medians(document)["disk of a stored event, postgresql"]
    return (
        f"A stored event takes {each:,.0f} bytes of disk, with its person, identities, attempt and indexes: "
        f"{each * _A_SECOND * _MONTH_SECONDS / 1e12:.0f} TB in 30 days at {_A_SECOND:,} a second."
    )


def _cost(document: Document, work: str) -> tuple[float, float, float]:
    """Milliseconds in the bridge and in PostgreSQL, and bytes of its log."""
    found = _medians(document)
    bridge, database, log = (found[f"{part}, {work}, 1 process on PostgreSQL"] for part in width.PARTS)
    return bridge, database, log


def _medians(document: Document) -> dict[str, float]:
    return {figure.name: figure.median for found in figures(document).values() for figure in found}

"""Tables for a terminal, and what load on servers in turns comes to."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.bench.figures import Figure
from tests.bench.load import Result
from tests.bench.rounds import CONNECTIONS, Rounds

_HEAD = ("connections", "a second", "slowest to fastest", "p50 ms", "p99 ms")


def rates(rounds: Rounds, name: str, base: str, connections: int) -> list[float]:
    """Return, round by round, which part of the base's rate was reached."""
    return [ours.rate / bare.rate for ours, bare in _pairs(rounds, name, base, connections)]


def p99s(rounds: Rounds, name: str, base: str, connections: int) -> list[float]:
    """Return, round by round, how many times as long the slowest hundredth took."""
    return [ours.percentile(99) / bare.percentile(99) for ours, bare in _pairs(rounds, name, base, connections)]


@dataclass(frozen=True)
class Bar:
    """The least that a ratio of rates is to be, and the most that one of p99s is; None where neither is judged."""

    number: str = ""
    least: float | None = None
    most: float | None = None


def beside(rounds: Rounds, name: str, base: str, words: str, bar: Bar) -> list[Figure]:
    """Return the figures of one server beside another: of its rate and its p99, at each number of connections."""
    figures = []
    for connections in CONNECTIONS:
        where = f"{words}, {connections} connections"
        speed, slowness = rates(rounds, name, base, connections), p99s(rounds, name, base, connections)
        by_rate, by_p99 = (bar.number if limit else "" for limit in (bar.least, bar.most))
        figures += [
            Figure(f"acks, {where}", speed, bar=by_rate, limit=bar.least, portable="ratio"),
            Figure(f"p99, {where}", slowness, better="less", bar=by_p99, limit=bar.most, portable="ratio"),
        ]
    return figures


def _pairs(rounds: Rounds, name: str, base: str, connections: int) -> list[tuple[Result, Result]]:
    return list(zip(rounds[name, connections], rounds[base, connections], strict=True))


def load_table(title: str, rounds: Rounds, *bases: str) -> list[str]:
    """Return a row for each server and number of connections: medians over the rounds, beside those of ``bases``."""
    head = (title, *_HEAD, *(words for base in bases for words in (f"of {base}", f"p99 / {base}'s")))
    return table([head, *(_row(rounds, name, bases, connections) for name, connections in rounds)])


def _row(rounds: Rounds, name: str, bases: Sequence[str], connections: int) -> Sequence[str]:
    measured = rounds[name, connections]
    speeds, failures = [result.rate for result in measured], sum(result.failures for result in measured)
    return (
        name,
        str(connections),
        f"{middle(speeds):.0f}" + (f" ({failures} FAILED)" if failures else ""),
        f"{min(speeds):.0f} to {max(speeds):.0f}",
        *(f"{1000 * middle(result.percentile(part) for result in measured):.1f}" for part in (50, 99)),
        *(cell for base in bases for cell in _beside(rounds, name, base, connections)),
    )


def _beside(rounds: Rounds, name: str, base: str, connections: int) -> tuple[str, str]:
    if name == base:
        return "", ""
    share, slower = (middle(of(rounds, name, base, connections)) for of in (rates, p99s))
    return f"{100 * share:.0f} %", f"{slower:.2f}"


def middle(numbers: Iterable[float]) -> float:
    """Return the median."""
    return statistics.median(numbers)


def table(rows: Sequence[Sequence[str]], words: int = 1) -> list[str]:
    """Return rows of cells as lines; so many columns are words."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if number < words else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]

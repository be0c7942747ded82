"""The table, and what does not belong there."""

from collections.abc import Callable, Sequence

from tests.soak.chaos import KILLS
from tests.soak.stages import Outcome

_ROWS: Sequence[tuple[str, Callable[[Outcome], object]]] = (
    ("acked", lambda o: o.verdict.acked),
    ("- delivered", lambda o: o.verdict.statuses["delivered"]),
    ("- ignored", lambda o: o.verdict.statuses["ignored"]),
    ("- failed, with the reason", lambda o: o.verdict.statuses["failed"]),
    ("= missing", lambda o: len(o.verdict.missing)),
    ("contacts", lambda o: o.verdict.contacts),
    ("persons", lambda o: o.verdict.persons),
    ("persons with two contacts", lambda o: len(o.verdict.twice)),
    ("contacts of two persons", lambda o: len(o.verdict.mixed)),
    ("persons without a contact", lambda o: len(o.verdict.without)),
    ("kill -9", lambda o: o.kills),
    *((f"  {kind}", lambda o, kind=kind: o.done[f"kill {kind}"]) for kind in KILLS),
    ("offered a second", lambda o: f"{o.offered:.0f}"),
    ("acked a second", lambda o: f"{o.acks:.0f}"),
    ("p99 of an ack, ms", lambda o: f"{1000 * o.p99:.0f}"),
    ("given up by senders", lambda o: o.unanswered),
    ("quiet after, s", lambda o: f"{o.quiet_seconds:.0f}" if o.quiet else f"NOT in {o.quiet_seconds:.0f}"),
    ("took, s", lambda o: f"{o.seconds:.0f}"),
)


def text(outcomes: Sequence[Outcome]) -> str:
    """Return everything as text for a terminal."""
    rows = [("", *(outcome.kind for outcome in outcomes))]
    rows += [(name, *(str(cell(outcome)) for outcome in outcomes)) for name, cell in _ROWS]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    for outcome in outcomes:
        lines += ["", *_details(outcome)]
    return "\n".join(lines)


def _details(outcome: Outcome) -> list[str]:
    others = {what: count for what, count in outcome.done.items() if what.removeprefix("kill ") not in KILLS}
    lines = [
        f"{outcome.kind}: " + "; ".join(f"{name}: {fact}" for name, fact in outcome.facts.items()),
        "  happened: " + _counted(others),
        "  upstream: " + _counted(dict(outcome.faults)),
        "  answers: " + _counted({str(status or "none"): n for status, n in sorted(outcome.statuses.items())}),
    ]
    verdict = outcome.verdict
    lines += [f"  failed: {_counted(dict(verdict.reasons.most_common(5)))}"] if verdict.reasons else []
    for name, found in (
        ("missing", verdict.missing),
        ("twice", verdict.twice),
        ("mixed", verdict.mixed),
        ("without a contact", verdict.without),
    ):
        lines += [f"  {name}: {found[:10]}"] if found else []
    return lines


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing"

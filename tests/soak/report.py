"""The table, and what does not belong there."""

from collections.abc import Callable, Sequence

from tests.soak.happenings import HAPPENINGS
from tests.soak.stages import Outcome
from tests.soak.world import KILLS

Row = tuple[str, Callable[[Outcome], object]]

_PROMISED: Sequence[Row] = (
    ("acked", lambda o: o.verdict.acked),
    ("- delivered", lambda o: o.verdict.statuses["delivered"]),
    ("- ignored", lambda o: o.verdict.statuses["ignored"]),
    ("- failed, with the reason", lambda o: o.verdict.statuses["failed"]),
    ("- erased", lambda o: o.verdict.statuses["erased"]),
    ("- waiting still", lambda o: o.verdict.statuses["waiting"]),
    ("= missing", lambda o: len(o.verdict.missing)),
    ("contacts", lambda o: o.verdict.contacts),
    ("persons", lambda o: o.verdict.persons),
    ("persons with two contacts", lambda o: len(o.verdict.twice)),
    ("contacts of two persons", lambda o: len(o.verdict.mixed)),
    ("persons without a contact", lambda o: len(o.verdict.without)),
    ("ignored or failed for no reason", lambda o: len(o.verdict.odd)),
    ("erased persons who are back", lambda o: len(o.verdict.back)),
)
_HAPPENED: Sequence[Row] = (
    ("kill -9", lambda o: o.kills),
    *((f"  {kind}", lambda o, kind=kind: o.done[f"kill {kind}"]) for kind in KILLS),
    *((what, lambda o, what=what: o.done[what] or "") for what in HAPPENINGS),
)
_MEASURED: Sequence[Row] = (
    ("offered a second", lambda o: f"{o.offered:.0f}"),
    ("acked a second", lambda o: f"{o.acks:.0f}"),
    ("p99 of an ack, ms", lambda o: f"{1000 * o.p99:.0f}"),
    ("given up by senders", lambda o: o.unanswered),
    ("most requests in a minute", lambda o: o.busiest[0]),
    ("  of a limit of", lambda o: o.lengths.rate_limit),
    ("quiet after, s", lambda o: f"{o.quiet_seconds:.0f}" if o.quiet else f"NOT in {o.quiet_seconds:.0f}"),
    ("took, s", lambda o: f"{o.seconds:.0f}"),
    ("  of a budget of", lambda o: f"{o.budget:.0f}"),
)


def text(outcomes: Sequence[Outcome]) -> str:
    """Return everything as text for a terminal."""
    proofs = dict.fromkeys(name for outcome in outcomes for name in outcome.proof)
    proved = [(f"  {name}", lambda o, name=name: o.proof.get(name, "")) for name in proofs]
    rows = [("", *(outcome.kind for outcome in outcomes))]
    for name, cell in (*_PROMISED, *_HAPPENED, ("and so there were", lambda _: ""), *proved, *_MEASURED):
        rows.append((name, *(str(cell(outcome)) for outcome in outcomes)))
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
    verdict = outcome.verdict
    lines = [
        f"{outcome.kind}: " + "; ".join(f"{name}: {fact}" for name, fact in outcome.facts.items()),
        "  upstream: " + _counted(dict(outcome.faults)),
        "  answers: " + _counted({str(status or "none"): n for status, n in sorted(outcome.statuses.items())}),
    ]
    lines += [f"  failed: {_counted(dict(verdict.reasons.most_common(5)))}"] if verdict.reasons else []
    for name, found in (
        ("NO TIME for", outcome.skipped),
        ("DID NOTHING", outcome.unproved),
        ("BUGS", outcome.bugs),
        ("missing", verdict.missing),
        ("twice", verdict.twice),
        ("mixed", verdict.mixed),
        ("without a contact", verdict.without),
        ("for no reason", verdict.odd),
        ("back", verdict.back),
    ):
        lines += [f"  {name}: {found[:10]}"] if found else []
    return lines


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing"

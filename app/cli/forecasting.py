"""What ``replay --dry-run`` shows: each request that would go out, against the last one sent."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import insist_on_keys, print_json
from app.cli.differing import as_plain, show_differences

if TYPE_CHECKING:
    from app.config import Config
    from app.forecast import Forecast
    from app.store import Filter, Kept, Store

MARKED = "marked as done"
_LEFT_ALONE = {
    "being_delivered": "being delivered at this moment",
    "without_payload": "without a payload any more",
    "unreadable": "sealed with a key that is missing",
    "marked_as_done": f"{MARKED}; --status ignored or their ids would bring them back",
}


def rehearse(config: "Config", store: "Store", which: "Filter", *, as_json: bool) -> None:
    """Show what a replay would change; nothing is sent or written. It fails where a key is missing to say."""
    counts: Counter[str] = Counter()
    missing: set[str] = set()
    documents = []
    for found in _forecasts(config, store, which, counts, missing):
        if as_json:
            documents.append(_document(found))
        elif found.changes is not False:
            show_differences(_lines(found), found.differences)
    if as_json:
        names = ("selected", "would_change", "fetched_first", *_LEFT_ALONE)
        summary = {name: counts[name] for name in names}
        print_json({"events": documents, "summary": summary, "missing_keys": sorted(missing)})
    else:
        click.echo(_summary(counts))
    insist_on_keys(missing)


def _forecasts(
    config: "Config", store: "Store", which: "Filter", counts: Counter[str], missing: set[str]
) -> Iterator["Forecast"]:
    from app.bridge import Bridge  # noqa: PLC0415 -- see app.cli
    from app.forecast import forecast  # noqa: PLC0415
    from app.rehearsal import Rehearsals  # noqa: PLC0415

    rehearsals = Rehearsals(Bridge(config, store, lambda: datetime.now(UTC)))
    for kept in store.archive.selected(which):
        counts["selected"] += 1
        if alone := _left_alone(kept, which):
            counts[alone] += 1
            missing |= kept.missing if alone == "unreadable" else set()
            continue
        found = forecast(store.archive, rehearsals, kept)
        missing |= found.rehearsed.missing
        counts["fetched_first"] += found.changes is None
        counts["would_change"] += found.changes is True
        yield found


def _left_alone(kept: "Kept", which: "Filter") -> str | None:
    """Say by a word of `_LEFT_ALONE` why a replay would not come to anything, if it would not."""
    if kept.gone:
        return "without_payload"
    if which.spares_dismissed and kept.dismissed:
        return "marked_as_done"
    if kept.missing:
        return "unreadable"
    return "being_delivered" if kept.busy else None


def _lines(found: "Forecast") -> Iterator[str]:
    kept, rehearsed = found.kept, found.rehearsed
    reason = f" ({kept.reason})" if kept.reason else ""
    yield f"{kept.event.source} {kept.event.event_id}: {kept.status}{reason}"
    if rehearsed.fetches_first:
        yield f"would be fetched first: {rehearsed.reason}"
        return
    yield f"would be {rehearsed.status}: {rehearsed.reason}"
    if rehearsed.looks_first:
        yield "a look-up comes first; unless it finds somebody, these go out:"
    for request in rehearsed.requests:
        yield f"{request['method']} {request['path']}"
    if found.differences:
        yield f"compared with {found.against}:"


def _document(found: "Forecast") -> dict[str, Any]:
    kept, rehearsed = found.kept, found.rehearsed
    return {
        "source": kept.event.source, "event_id": kept.event.event_id, "status": kept.status, "reason": kept.reason,
        "would_be": {"status": rehearsed.status, "reason": rehearsed.reason}, "changes": found.changes,
        "looks_first": rehearsed.looks_first, "fetches_first": rehearsed.fetches_first,
        "requests": list(rehearsed.requests), "against": found.against, "differences": as_plain(found.differences),
    }  # fmt: skip


def _summary(counts: Counter[str]) -> str:
    parts = [f"{counts['would_change']} of {counts['selected']} events would change; nothing was sent"]
    if counts["fetched_first"]:
        parts.append(f"{counts['fetched_first']} would be fetched from the sender first")
    parts += [f"{counts[name]} would be left alone: {why}" for name, why in _LEFT_ALONE.items() if counts[name]]
    return "\n".join(parts)

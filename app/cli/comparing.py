"""What ``check --against`` shows: stored payloads under the configuration that is being checked."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import insist_on_keys, print_json, table
from app.cli.databases import read_store
from app.cli.deliverers import warn_of_another_mapping
from app.cli.differing import as_plain, show_differences
from app.cli.forecasting import MARKED
from app.desk.known import insist_on_source
from app.webhook import EventStatus

if TYPE_CHECKING:
    from app.config import Config
    from app.remapping import Outcome, Remapped

_SKIPPED = {
    "without_payload": "the payload is gone",
    "marked_as_done": MARKED,
    "unreadable": "sealed with a key that is missing",
}


def compare(config: "Config", most: int, source: str | None, *, as_json: bool) -> bool:
    """Show what would come out differently, and a summary by source; True if something would. Nothing is written.

    It fails where a key is missing to say. Raises `UsageError` for a source that nobody knows, and without a database.
    """
    from app.bridge import Bridge  # noqa: PLC0415 -- see app.cli
    from app.remapping import remap  # noqa: PLC0415

    store = read_store(config)
    insist_on_source(config, store, source)
    warn_of_another_mapping(config, store)
    bridge = Bridge(config, store, lambda: datetime.now(UTC))
    counts: dict[str, Counter[Outcome]] = defaultdict(Counter)
    documents, oldest, unreadable, marked, missing = [], 0, 0, 0, set[str]()
    for kept in store.archive.latest(most, source):
        oldest = kept.row
        if kept.missing:
            unreadable, missing = unreadable + 1, missing | kept.missing
            continue
        if kept.dismissed:
            marked += 1
            continue
        found = remap(bridge.map, kept)
        counts[kept.event.source][found.outcome] += 1
        if found.outcome.differs and as_json:
            documents.append(_document(found))
        elif found.outcome.differs:
            show_differences(_lines(found), found.differences)
    skipped = store.archive.emptied(oldest, source)
    left_out = {"without_payload": skipped, "marked_as_done": marked, "unreadable": unreadable}
    if as_json:
        print_json({"events": documents, "summary": _plain(counts), **left_out, "missing_keys": sorted(missing)})
    else:
        _summarise(counts, left_out)
    insist_on_keys(missing)
    return any(outcome.differs for of_source in counts.values() for outcome in of_source)


def _lines(found: "Remapped") -> Iterator[str]:
    kept = found.kept
    yield f"{kept.event.source} {kept.event.event_id}: {found.outcome}"
    if found.was is not found.status:
        yield f"was {_said(found.was, kept.reason)}"
        yield f"would be {_said(found.status, found.reason)}"
    elif found.reason:
        yield found.reason


def _said(status: EventStatus, reason: str | None) -> str:
    """The reason of what was a contact is the delivery's, not the mapping's."""
    return "a contact" if status is EventStatus.PENDING else f"{status}: {reason}"


def _document(found: "Remapped") -> dict[str, Any]:
    kept, was_contact = found.kept, found.was is EventStatus.PENDING
    return {
        "source": kept.event.source, "event_id": kept.event.event_id, "outcome": found.outcome,
        "before": {"status": found.was, "reason": None if was_contact else kept.reason},
        "after": {"status": found.status, "reason": found.reason or None},
        "differences": as_plain(found.differences),
    }  # fmt: skip


def _plain(counts: "dict[str, Counter[Outcome]]") -> dict[str, dict[str, int]]:
    from app.remapping import Outcome  # noqa: PLC0415 -- see app.cli

    return {
        source: {outcome.replace(" ", "_"): counted[outcome] for outcome in Outcome}
        for source, counted in sorted(counts.items())
    }


def _summarise(counts: "dict[str, Counter[Outcome]]", left_out: dict[str, int]) -> None:
    from app.remapping import Outcome  # noqa: PLC0415 -- see app.cli

    if counts:
        shown = [outcome for outcome in Outcome if any(counted[outcome] for counted in counts.values())]
        rows = [(source, *(counted[outcome] for outcome in shown)) for source, counted in sorted(counts.items())]
        table("", ["source", *shown], rows, "source")
    elif not (left_out["unreadable"] or left_out["marked_as_done"]):
        click.echo("There are no stored payloads to compare with")
    for why, count in left_out.items():
        if count:
            click.echo(f"{count} skipped: {_SKIPPED[why]}")

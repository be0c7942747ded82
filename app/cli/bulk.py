"""Changing many events: with a bar that shows how far it got, and Ctrl-C to stop between two batches."""

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from app.cli.common import print_json

if TYPE_CHECKING:
    from app.store import Batch, Filter, Store

_MARGIN = timedelta(minutes=1)  # events are numbered when they are on disk, a little after they were received


@dataclass(frozen=True)
class Change:
    """What is done to events, in words: while it is done, of what is done, of what it cannot be done to, and of what it
    is done to only if that is meant expressly; and what to say to those to whom it was done.
    """

    doing: str
    done: str
    unfit: str
    spared: str
    afterwards: str = ""


def change(store: "Store", which: "Filter", batches: "Iterable[Batch]", words: Change, *, as_json: bool) -> None:
    """Go through batches, and say what was done; exit 1 if it was stopped, or if named events were left alone."""
    from app.store.many_events import extent  # noqa: PLC0415 -- see app.cli

    total, _ = extent(store.database, which)
    with progress(total, words.doing) as advance, interruptible() as interrupted:
        made, whole = go_through(batches, advance, interrupted)
    changed = [each for batch in made for each in batch.changed]
    busy, unfit = sum(batch.busy for batch in made), sum(batch.unfit for batch in made)
    if as_json:
        print_json([{"source": name, "event_id": event_id} for name, event_id in changed])
    else:
        click.echo(f"{_events(len(changed))} {words.done}{words.afterwards if changed else ''}")
    if busy:
        click.echo(f"{_events(busy)} left alone: being delivered at this moment", err=True)
    if unfit:
        click.echo(f"{_events(unfit)} left alone: {words.unfit}", err=True)
    if spared := sum(batch.spared for batch in made):
        click.echo(f"{_events(spared)} left alone: {words.spared}", err=True)
    if not whole:
        seen = sum(batch.seen for batch in made)
        on = f"the same command with --since {(made[-1].reached - _MARGIN).isoformat()}" if made else "the same command"
        click.echo(f"stopped after {seen} of {_events(total)}; to go on: {on}", err=True)
    if not whole or (which.event_ids and (busy or unfit)):
        raise click.exceptions.Exit(1)


def go_through(
    batches: "Iterable[Batch]", advance: Callable[[int], None], interrupted: Callable[[], bool]
) -> tuple[list["Batch"], bool]:
    """Take batch by batch; return what was done, and whether that is all."""
    made = []
    for batch in batches:
        made.append(batch)
        advance(batch.seen)
        if interrupted():
            return made, False
    return made, True


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Take Ctrl-C as a wish: what is under way is finished, so that what is said of it is right."""
    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(total: int, doing: str) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, for more than a moment's work; on standard error, so that the answer stays clean."""
    from rich.console import Console  # noqa: PLC0415 -- slow to import
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda count: bar.advance(task, count)


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"

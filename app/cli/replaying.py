"""``replay``: map and deliver events again, or rehearse it."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.common import config_option, json_option, load_config, open_store, print_json, read_store
from app.cli.deliverers import mapping_otherwise, warn_of_another_mapping, warn_of_nobody
from app.cli.forecasting import rehearse
from app.cli.selecting import one_event, selecting
from app.errors import UsageError

if TYPE_CHECKING:
    from app.store import Batch, Filter, Store

_MARGIN = timedelta(minutes=1)  # events are numbered when they are on disk, a little after they were received


@click.command()
@click.argument("event_ids", metavar="[EVENT]...", nargs=-1)
@selecting
@click.option("--dry-run", is_flag=True, help="Show what would change, field by field; send and write nothing.")
@click.option("--anyway", is_flag=True, help="Even if the running bridge maps otherwise than the file does now.")
@json_option
@config_option
def replay(
    which: "Filter", event_ids: tuple[str, ...], *, dry_run: bool, anyway: bool, as_json: bool, config_path: Path | None
) -> None:
    """Map and deliver events again: the EVENTs named, or all that the options select.

    The running bridge does it, through the configuration that it was started with: after a change it has to be
    restarted before, and until then this refuses.
    """
    which = replace(which, event_ids=event_ids)
    if not which.conditions():
        raise UsageError("name the events, or select some: --status failed, --source, --person, --since, --until")
    config = load_config(config_path, sandbox=True)
    store = read_store(config) if dry_run else open_store(config)
    for event_id in event_ids:
        one_event(store, event_id, which.source)
    if dry_run:
        warn_of_another_mapping(config, store)
        rehearse(config, store, which, as_json=as_json)
        return
    if not anyway and (words := mapping_otherwise(config, store)):
        raise UsageError(f"{words}, or replay through what it was started with: --anyway")
    warn_of_nobody(store)
    _replay(store, which, as_json=as_json)


def _replay(store: "Store", which: "Filter", *, as_json: bool) -> None:
    total, _ = store.replays.extent(which)
    with _progress(total) as advance, interruptible() as interrupted:
        done, whole = put_back(store, which, advance, interrupted)
    again = [each for batch in done for each in batch.again]
    busy, gone = sum(batch.busy for batch in done), sum(batch.gone for batch in done)
    if as_json:
        print_json([{"source": name, "event_id": event_id} for name, event_id in again])
    else:
        click.echo(f"{_events(len(again))} to be mapped and delivered again")
    if busy:
        click.echo(f"{_events(busy)} left alone: being delivered at this moment", err=True)
    if gone:
        click.echo(f"{_events(gone)} left alone: the payload is gone", err=True)
    if not whole:
        seen = sum(batch.seen for batch in done)
        on = f"the same command with --since {(done[-1].reached - _MARGIN).isoformat()}" if done else "the same command"
        click.echo(f"stopped after {seen} of {_events(total)}; to go on: {on}", err=True)
    if not whole or (which.event_ids and (busy or gone)):
        raise click.exceptions.Exit(1)


def put_back(
    store: "Store", which: "Filter", advance: Callable[[int], None], interrupted: Callable[[], bool]
) -> tuple[list["Batch"], bool]:
    """Put events back, batch by batch; return what was done, and whether that is all."""
    done = []
    for batch in store.replays.batches(which):
        done.append(batch)
        store.bell.ring()
        advance(batch.seen)
        if interrupted():
            return done, False
    return done, True


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
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, for more than a moment's work; on standard error, so that the answer stays clean."""
    from rich.console import Console  # noqa: PLC0415 -- slow to import
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Putting events back", total=total)
        yield lambda count: bar.advance(task, count)


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


commands = (replay,)

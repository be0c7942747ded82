"""``replay``: map and deliver events again, or rehearse it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import utc_now
from app.cli.bulk import Change, change
from app.cli.common import config_option, json_option, load_config, who
from app.cli.databases import existing_store, read_store
from app.cli.deliverers import mapping_otherwise, warn_of_another_mapping, warn_of_nobody
from app.cli.forecasting import MARKED, rehearse
from app.cli.selecting import one_event, selecting
from app.desk.known import insist_on_source
from app.errors import UsageError

if TYPE_CHECKING:
    from app.store import Filter

_WORDS = Change(
    "Putting events back", "to be mapped and delivered again", "the payload is gone",
    f"{MARKED}; --status ignored or their ids bring them back",
)  # fmt: skip


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
    from app.bridge import Bridge  # noqa: PLC0415 -- see app.cli
    from app.desk import steering  # noqa: PLC0415

    which = replace(which, event_ids=event_ids)
    if not which.conditions():
        raise UsageError("name the events, or select some: --status failed, --source, --person, --since, --until")
    config = load_config(config_path, sandbox=True)
    store = read_store(config) if dry_run else existing_store(config)
    insist_on_source(config, store, which.source)
    for event_id in event_ids:
        one_event(store, event_id, which.source)
    if dry_run:
        warn_of_another_mapping(config, store)
        rehearse(config, store, which, as_json=as_json)
        return
    if not anyway and (words := mapping_otherwise(config, store)):
        raise UsageError(f"{words}, or replay through what it was started with: --anyway")
    warn_of_nobody(store)
    batches = steering.replays(Bridge(config, store, utc_now), which, who())
    change(store, which, batches, _WORDS, as_json=as_json)


commands = (replay,)

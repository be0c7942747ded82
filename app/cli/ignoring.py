"""``ignore``: mark as done what nobody wants delivered any more."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import utc_now
from app.cli.bulk import Change, change
from app.cli.common import config_option, json_option, load_config, who
from app.cli.databases import existing_store
from app.cli.selecting import one_event, selecting
from app.desk.known import insist_on_source
from app.errors import UsageError

if TYPE_CHECKING:
    from app.store import Filter

_WORDS = Change(
    "Ignoring events", "ignored", "delivered or ignored already",
    "they ask for somebody to be erased; their ids ignore them all the same",
    "; `contact-bridge replay` with their ids brings them back",
)  # fmt: skip


@click.command()
@click.argument("event_ids", metavar="[EVENT]...", nargs=-1)
@selecting
@click.option("--reason", default="", help="Why, for who reads `show` later; it goes with the payload.")
@json_option
@config_option
def ignore(
    which: "Filter", event_ids: tuple[str, ...], *, reason: str, as_json: bool, config_path: Path | None
) -> None:
    """Mark events as done that need nobody any more: the EVENTs named, or those that failed of all that is selected.

    With --status, those that wait (pending, received) are taken instead. What was delivered stays delivered.
    """
    from app.bridge import Bridge  # noqa: PLC0415 -- see app.cli
    from app.desk import steering  # noqa: PLC0415

    which = replace(which, event_ids=event_ids)
    if not which.conditions():
        raise UsageError("name the events, or select some: --status failed, --source, --person, --since, --until")
    which = steering.to_ignore(which)
    config = load_config(config_path, sandbox=True)
    store = existing_store(config)
    insist_on_source(config, store, which.source)
    for event_id in event_ids:
        one_event(store, event_id, which.source)
    batches = steering.ignores(Bridge(config, store, utc_now), which, who(), reason)
    change(store, which, batches, _WORDS, as_json=as_json)


commands = (ignore,)

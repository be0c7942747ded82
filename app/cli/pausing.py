"""``pause`` and ``resume``: hold deliveries, lose nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import utc_now
from app.cli.common import config_option, json_option, load_config, print_json, table, who
from app.cli.databases import existing_store
from app.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from app.config import Config
    from app.store import PauseKind, Store

    Act = Callable[[Bridge, PauseKind, str, str], bool]

source_option = click.option("--source", help="A source, in place of an org.")


@click.command()
@click.argument("org", required=False)
@source_option
@json_option
@config_option
def pause(org: str | None, source: str | None, *, as_json: bool, config_path: Path | None) -> None:
    """Hold an ORG's or a --source's events: they are kept and mapped, and wait. Alone: list what is paused."""
    from app.desk import steering  # noqa: PLC0415 -- see app.cli

    config = load_config(config_path, sandbox=True)
    store = existing_store(config)
    said = "Nothing is paused"
    if org or source:
        kind, name = _meant(org, source)
        new = _steered(config, store, steering.pause, kind, name)
        said = f"{kind} {name} {'is' if new else 'was already'} paused; go on with: {_resume(kind, name)}"
    if as_json or not (org or source):
        _list(store, said, as_json=as_json)
    else:
        click.echo(said)


@click.command()
@click.argument("org", required=False)
@source_option
@json_option
@config_option
def resume(org: str | None, source: str | None, *, as_json: bool, config_path: Path | None) -> None:
    """Let the events of a paused ORG or --source go on, in the order in which they came."""
    from app.desk import steering  # noqa: PLC0415 -- see app.cli

    if not (org or source):
        raise UsageError("say which: resume ORG, or resume --source NAME; `contact-bridge pause` lists what is paused")
    config = load_config(config_path, sandbox=True)
    store = existing_store(config)
    kind, name = _meant(org, source)
    was = _steered(config, store, steering.resume, kind, name)
    if as_json:
        _list(store, "", as_json=True)
    else:
        click.echo(f"{kind} {name} {'goes on' if was else 'was not paused'}")


def _meant(org: str | None, source: str | None) -> tuple["PauseKind", str]:
    from app.store import PauseKind  # noqa: PLC0415 -- see app.cli

    if org and source:
        raise UsageError("name an org or a --source, not both: one after the other")
    return (PauseKind.SOURCE, source) if source else (PauseKind.ORG, org or "")


def _steered(config: "Config", store: "Store", act: "Act", kind: "PauseKind", name: str) -> bool:
    """Pause or resume; where a source was taken for an org, say how a source is named."""
    from app.bridge import Bridge  # noqa: PLC0415 -- see app.cli

    try:
        return act(Bridge(config, store, utc_now), kind, name, who())
    except UsageError:
        if kind == "org" and name in config.sources:
            raise UsageError(f"there is no org {name!r}; that is a source: --source {name}?") from None
        raise


def _resume(kind: "PauseKind", name: str) -> str:
    return f"contact-bridge resume {'--source ' if kind == 'source' else ''}{name}"


def _list(store: "Store", nothing: str, *, as_json: bool) -> None:
    paused = store.pauses.all()
    if as_json:
        print_json([{"kind": each.kind, "name": each.name, "since": each.since} for each in paused])
    elif paused:
        table("", ["paused", "name", "since"], [(each.kind, each.name, each.since) for each in paused])
    else:
        click.echo(nothing)


commands = (pause, resume)

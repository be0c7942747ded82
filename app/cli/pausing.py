"""``pause`` and ``resume``: hold deliveries, lose nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.common import config_option, json_option, load_config, nearest, print_json, table
from app.cli.databases import existing_store
from app.cli.selecting import insist_on_source
from app.errors import UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.store import PauseKind, Store

source_option = click.option("--source", help="A source, in place of an org.")


@click.command()
@click.argument("org", required=False)
@source_option
@json_option
@config_option
def pause(org: str | None, source: str | None, *, as_json: bool, config_path: Path | None) -> None:
    """Hold an ORG's or a --source's events: they are kept and mapped, and wait. Alone: list what is paused."""
    config = load_config(config_path, sandbox=True)
    store = existing_store(config)
    said = "Nothing is paused"
    if org or source:
        kind, name = _meant(org, source)
        _insist(config, store, kind, name)
        new = store.pauses.pause(kind, name, datetime.now(UTC))
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
    if not (org or source):
        raise UsageError("say which: resume ORG, or resume --source NAME; `contact-bridge pause` lists what is paused")
    config = load_config(config_path, sandbox=True)
    store = existing_store(config)
    kind, name = _meant(org, source)
    if name not in [each.name for each in store.pauses.all() if each.kind is kind]:  # it may be configured no more
        _insist(config, store, kind, name)
    was = store.pauses.resume(kind, name)
    store.bell.ring()
    if as_json:
        _list(store, "", as_json=True)
    else:
        click.echo(f"{kind} {name} {'goes on' if was else 'was not paused'}")


def _meant(org: str | None, source: str | None) -> tuple["PauseKind", str]:
    from app.store import PauseKind  # noqa: PLC0415 -- see app.cli

    if org and source:
        raise UsageError("name an org or a --source, not both: one after the other")
    return (PauseKind.SOURCE, source) if source else (PauseKind.ORG, org or "")


def _insist(config: "Config", store: "Store", kind: "PauseKind", name: str) -> None:
    if kind == "source":
        insist_on_source(config, store, name)
    elif name not in config.orgs:
        if config.source(name):
            raise UsageError(f"there is no org {name!r}; that is a source: --source {name}?")
        raise UsageError(f"there is no org {name!r}{nearest(name, config.orgs)}")


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

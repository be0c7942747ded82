"""``init`` and ``check``: the configuration file, and what it makes of what came before."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.alerting import insist_on_addresses
from app.cli.common import as_called, config_option, json_option, load_config, printable
from app.cli.comparing import compare
from app.errors import StoreUnavailableError, UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("bridge.toml"))
@click.option("--force", is_flag=True, help="Overwrite a file that exists.")
def init(path: Path, *, force: bool) -> None:
    """Write a commented bridge.toml to start from."""
    from app.config import template  # noqa: PLC0415 -- see app.cli

    if path.exists() and not force:
        raise UsageError(f"{path} exists already; --force overwrites it")
    try:
        path.write_text(template(), "utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    click.echo(f"Wrote {path}. Edit it, then: {as_called()} check")


@click.command()
@click.option(
    "--against",
    metavar="COUNT",
    type=click.IntRange(1, 1_000_000),
    help="Map the last COUNT stored payloads, too, and show what would come out differently; exit 1 if any would.",
)
@click.option("--source", help="With --against: only events of this source.")
@json_option
@config_option
def check(against: int | None, source: str | None, *, as_json: bool, config_path: Path | None) -> None:
    """Check the configuration: exit 0, or 2 with every mistake."""
    if against is None and (source or as_json):
        raise UsageError("--source and --json go with --against COUNT")
    config = load_config(config_path, sandbox=True)
    insist_on_addresses(config)
    if not as_json:
        _describe(config)
    if against and compare(config, against, source, as_json=as_json):
        raise click.exceptions.Exit(1)


def _describe(config: "Config") -> None:
    click.echo(f"{config.path} is fine: {_count(config.orgs, 'org')}, {_count(config.sources, 'source')}")
    base = (config.server.public_url or f"http://{config.server.host}:{config.server.port}").rstrip("/")
    widest = max((len(source.provider.name) for source in config.sources.values()), default=0)
    for source in config.sources.values():
        unverified = "" if source.scheme else "   (anybody may post here: auth is none)"
        click.echo(f"  {source.provider.name:<{widest}}  {base}/hooks/{source.name}{unverified}")
    _describe_the_database(config)


def _describe_the_database(config: "Config") -> None:
    """Tell where it is and what there is to know of it; none is made, nor waited for."""
    from app.store import Store  # noqa: PLC0415 -- see app.cli

    store = Store(config.server.database_url, config.server.encryption_key)
    try:
        there = "" if store.database.exists else "; there is none yet, `contact-bridge serve` makes it"
        click.echo(f"  database  {store.database.place}{there}")
        warnings = [*_stranded(config, store), *_restored(store)] if store.up_to_date else []
    except StoreUnavailableError:  # a checked file is not wrong because of it
        warnings = []
    finally:
        store.close()
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


def _stranded(config: "Config", store: "Store") -> Iterator[str]:
    """Name what is kept for an org or a source that is not configured."""
    from app.stranded import stranded  # noqa: PLC0415 -- see app.cli

    for (what, name), count in stranded(config, store.log).items():
        fate = "wait until it is" if what == "org" else "will fail, and can be replayed when it is"
        yield f"the {what} {name} is not configured; {count} of its events {fate}"


def _restored(store: "Store") -> Iterator[str]:
    """Say that everybody is looked up first, and what ends it."""
    from app.restored import ENDS  # noqa: PLC0415 -- see app.cli
    from app.store.gaps import restored_since, to_be_looked_up  # noqa: PLC0415

    if since := restored_since(store.database):
        left = _count(range(to_be_looked_up(store.database)), "known person")
        why = f"this database came from a backup, or lost a key ({printable(since)})"
        first = f"everybody is looked up before anything is sent for them ({left} still to be)"
        yield f"{why}: {first}, and so is whoever is new until you say `{ENDS}`"


def _count(things: object, noun: str) -> str:
    number = len(things)  # type: ignore[arg-type] # any mapping
    return f"{number} {noun}{'' if number == 1 else 's'}"


commands = (init, check)

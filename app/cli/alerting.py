"""``alerts``: what is wrong now, and whether whoever is to be told can be."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import utc_now
from app.cli.common import config_option, json_option, load_config, print_json, printable, table
from app.cli.databases import existing_store
from app.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store

_TO = 'say whom to tell first: in bridge.toml, [alerts] with to = ["https://…", "mailto://…"]'


@click.command()
@click.option("--test", is_flag=True, help="Send a test to everybody who is to be told, and say what happened.")
@json_option
@config_option
def alerts(*, test: bool, as_json: bool, config_path: Path | None) -> None:
    """List what is wrong now, since when, and what to do."""
    config = load_config(config_path, sandbox=True)
    if test:
        _try_out(config, as_json=as_json)
        return
    found = list(_wrong(config, existing_store(config)))
    if as_json:
        print_json(found)
    elif found:
        rows = [(each["since"], each["words"], f"{each['what_to_do']}\n{each['page'] or ''}".strip()) for each in found]
        table("", ["since", "what is wrong", "what to do"], rows)
    else:
        click.echo("Nothing is wrong")
    if not config.alerts.to:
        click.echo(f"note: nobody is told; {_TO}", err=True)


def insist_on_addresses(config: "Config") -> None:
    """Raise `ConfigError` for addresses that apprise does not know; it is asked in a process of its own."""
    from app.alerts.telling import mistakes  # noqa: PLC0415 -- see app.cli

    if found := mistakes(config.alerts.to):
        raise ConfigError(found)


def _wrong(config: "Config", store: "Store") -> Iterator[dict[str, Any]]:
    from app.alerts.present import wrong  # noqa: PLC0415 -- see app.cli

    for each in wrong(config, store, utc_now()):
        told = asdict(each)
        del told["path"]
        yield told


def _try_out(config: "Config", *, as_json: bool) -> None:
    from app.alerts.message import trial  # noqa: PLC0415 -- see app.cli
    from app.alerts.telling import called, tell  # noqa: PLC0415

    addresses = config.alerts.to
    if not addresses:
        raise UsageError(_TO)
    results = tell(addresses, trial(utc_now()))
    told = [(called(place, address), results[place]) for place, address in enumerate(addresses)]
    if as_json:
        print_json([{"to": to, "told": problem is None, "reason": problem} for to, problem in told])
    else:
        for to, problem in told:
            click.echo(printable(f"{to}: {problem or 'told'}"))
    if any(results):
        raise click.exceptions.Exit(1)


commands = (alerts,)

"""``key`` and ``reseal``: encryption at rest."""

import sys
from pathlib import Path

import click

from app.cli.common import config_option, json_option, load_config, open_store, print_json
from app.errors import UsageError


@click.command()
def key() -> None:
    """Print a new key for server.encryption_key."""
    from app.store.keyring import new_key  # noqa: PLC0415 -- see app.cli

    click.echo(new_key())


@click.command()
@json_option
@config_option
def reseal(config_path: Path | None, *, as_json: bool) -> None:
    """Seal everything that is kept with the first key; afterwards older keys can be removed."""
    from app.store.reseal import Reseal  # noqa: PLC0415 -- see app.cli

    config = load_config(config_path)
    if not config.server.encryption_key:
        raise UsageError("there is no server.encryption_key to seal with; `contact-bridge key` makes one")
    database = open_store(config).database
    with click.progressbar(length=Reseal(database).rows(), label="Sealing", file=sys.stderr) as bar:
        done = Reseal(database, bar.update).run()
    if as_json:
        print_json(vars(done))
    else:
        click.echo(f"{done.sealed} values sealed with the first key")
    if done.unreadable:
        missing = f"{done.unreadable} values are sealed with a key that is not configured"
        click.echo(f"{missing}: add it, and run this again", err=True)
    elif done.remaining:
        click.echo("a process still seals with an older key first: restart it, and run this again", err=True)
    if done.unreadable or done.remaining:
        raise click.exceptions.Exit(1)


commands = (key, reseal)

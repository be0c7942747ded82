"""``key`` and ``reseal``: encryption at rest."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.common import config_option, json_option, load_config, print_json
from app.cli.databases import existing_store
from app.cli.deliverers import without_first_key
from app.cli.giving_up import give_up
from app.errors import UsageError

if TYPE_CHECKING:
    from app.store.reseal import Resealed


@click.command()
def key() -> None:
    """Print a new key for server.encryption_key."""
    from app.store.keyring import new_key  # noqa: PLC0415 -- see app.cli

    click.echo(new_key())


@click.command()
@click.option(
    "--give-up", "mark", metavar="MARK", help="Let go of what only this key opens, because it is lost for good."
)
@click.option("--yes", is_flag=True, help="With --give-up: do not ask whether this is meant.")
@json_option
@config_option
def reseal(config_path: Path | None, mark: str | None, *, yes: bool, as_json: bool) -> None:
    """Seal everything that is kept with the first key; afterwards older keys can be removed.

    It can run beside the bridge, once that was restarted with the first key: until then this refuses, for the bridge
    would not know anybody any more.
    """
    from app.store.reseal import Reseal  # noqa: PLC0415 -- see app.cli

    config = load_config(config_path, sandbox=True)
    if mark is not None:
        give_up(existing_store(config), mark, sure=yes, as_json=as_json)
        return
    if yes:
        raise UsageError("--yes goes with --give-up MARK")
    if not config.server.encryption_key:
        raise UsageError("there is no server.encryption_key to seal with; `contact-bridge key` makes one")
    store = existing_store(config)
    if words := without_first_key(store):
        raise UsageError(words)
    database = store.database
    with click.progressbar(length=Reseal(database).rows(), label="Sealing", file=sys.stderr) as bar:
        done = Reseal(database, bar.update).run()
    missing = sorted(done.marks.difference(database.seal.marks))
    if as_json:
        counts = {name: value for name, value in vars(done).items() if name != "marks"}
        print_json({**counts, "missing_keys": missing})
    else:
        click.echo(f"{done.sealed} values sealed with the first key")
    for line in _told(done, missing):
        click.echo(line, err=True)
    if done.unreadable or done.remaining:
        raise click.exceptions.Exit(1)


def _told(done: "Resealed", missing: Sequence[str]) -> Iterator[str]:
    """What a human has to know or to do."""
    from app.store.unreadable import advice  # noqa: PLC0415 -- see app.cli

    if done.shared:
        often = "once" if done.shared == 1 else f"{done.shared} times"
        yield f"two known persons turned out to be one, {often}: notes with their newest events say who"
    if missing:
        yield f"{done.unreadable} values are sealed with a key that is not configured"
        yield advice(missing)
    elif done.unreadable:
        yield f"{done.unreadable} values are damaged: no key opens them"
    elif done.remaining:
        yield "a process still seals with an older key first: restart it, and run this again"


commands = (key, reseal)

"""``backup`` and ``restored``: a copy of the database, and what to do with one."""

import shlex
from pathlib import Path

import click

from app import utc_now
from app.cli.common import config_option, load_config
from app.cli.databases import existing_store, store_as_it_is
from app.errors import UsageError


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Overwrite a file that exists.")
@config_option
def backup(file: Path, config_path: Path | None, *, force: bool) -> None:
    """Copy the database to FILE, while the bridge runs. (On PostgreSQL: says how.)"""
    from app.store import Database  # noqa: PLC0415 -- see app.cli
    from app.store import backup as copying  # noqa: PLC0415

    config = load_config(config_path, sandbox=True)
    database = Database(config.server.database_url)
    if not database.is_sqlite:
        command = shlex.join(copying.dump_command(database, file))
        raise UsageError(f"this copies SQLite; PostgreSQL has its own: {command}")
    database = store_as_it_is(config).database
    if file.exists() and file.samefile(database.engine.url.database or ""):
        raise UsageError(f"{file} is the database itself")
    if file.exists() and not force:
        raise UsageError(f"{file} exists already; --force overwrites it")
    if not file.parent.is_dir():
        raise UsageError(f"there is no folder {file.parent}")
    copying.back_up(database, file, utc_now())
    click.echo(f"Wrote {file} ({file.stat().st_size:,} bytes)")


@click.command()
@click.option("--over", is_flag=True, help="Trust the database again: whoever is new is created at once.")
@config_option
def restored(config_path: Path | None, *, over: bool) -> None:
    """Say that the database came from a backup: nobody is created before they were looked up."""
    from app.store import gaps  # noqa: PLC0415 -- see app.cli

    database = existing_store(load_config(config_path, sandbox=True)).database
    if over:
        was = gaps.unmark_restored(database)
        click.echo("New persons are created at once again." if was else "This database is not marked as restored.")
        return
    gaps.mark_restored(database, utc_now())
    click.echo("Everybody is looked up before anything is sent for them, from now on.")


commands = (backup, restored)

"""What there is to say of the delivery processes that run: whether they work by what the configuration file says."""

from typing import TYPE_CHECKING

import click

from app.cli.common import printable

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store


def mapping_otherwise(config: "Config", store: "Store") -> str | None:
    """Say that what runs maps otherwise than this configuration, and what to do; None if nothing that runs does."""
    from app.desk import deliverers  # noqa: PLC0415 -- see app.cli

    return deliverers.mapping_otherwise(config, store, str(config.path), printable)


def without_first_key(store: "Store") -> str | None:
    """Say that what runs does not have the first of our keys, and what to do; None if nothing that runs is without."""
    mark, running = store.database.seal.marks[0], store.deliverers.all()
    others = [each for each in running if mark not in each.marks]
    if not others:
        return None
    has = printable(", ".join(others[0].marks)) or "no key"
    since = printable(others[0].since)
    if len(running) == 1:
        who, them = f"the running bridge, started {since}, does", "it"
    else:
        verb, them = ("does", "it") if len(others) == 1 else ("do", "them")
        who = f"{len(others)} of {len(running)} delivery processes, the oldest started {since}, {verb}"
    return f"{who} not have the first key, {mark} (but {has}): restart {them}, and run this again"


def warn_of_another_mapping(config: "Config", store: "Store") -> None:
    """Say it on standard error, so that the answer stays clean."""
    if words := mapping_otherwise(config, store):
        click.echo(f"note: {words} when this is to count", err=True)


def warn_of_nobody(store: "Store") -> None:
    """Say on standard error that what is put back waits, if nothing runs that would deliver it."""
    from app.waiting import NOBODY  # noqa: PLC0415 -- see app.cli

    if not store.deliverers.all():
        click.echo(f"note: {NOBODY}; until then the events wait", err=True)

"""Which database a command works with: one that is there. Only what serves or delivers makes one."""

from typing import TYPE_CHECKING

import click

from app.cli import sandboxes
from app.cli.common import DEFAULT_FILE
from app.errors import UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store


def existing_store(config: "Config") -> "Store":
    """Open the database of a configuration, and bring it up to date. Raises `UsageError` if there is none."""
    store = store_as_it_is(config)
    store.migrate()
    return store


def read_store(config: "Config") -> "Store":
    """Open the database of a configuration just to read. Raises `UsageError` if none is up to date."""
    store = store_as_it_is(config)
    if not store.up_to_date:
        place = store.database.place
        raise UsageError(f"the database at {place} is of another version: `contact-bridge serve` brings it up to date")
    return store


def store_as_it_is(config: "Config") -> "Store":
    """Open the database of a configuration, of whatever version it is. Raises `UsageError` if there is none."""
    from app.store import Store  # noqa: PLC0415 -- see app.cli

    store = Store(config.server.database_url, config.server.encryption_key)
    if context := click.get_current_context(silent=True):
        context.call_on_close(store.close)
    if not store.made:
        file = config.path or DEFAULT_FILE
        hint = "" if sandboxes.is_served(file) else sandboxes.beside(file)  # else it was said already
        words = f"there is no database at {store.database.place}; `contact-bridge serve` makes one"
        raise UsageError("; ".join(filter(None, [words, hint])))
    return store

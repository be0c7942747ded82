"""What several commands share: the configuration they work with, and how they print."""

import difflib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.errors import UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.config.model import Source
    from app.store import Store

SANDBOX_FILE = Path("var/sandbox/bridge.toml")
DEFAULT_FILE = Path("bridge.toml")

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="The configuration file. [default: $CONTACT_BRIDGE_CONFIG, else ./bridge.toml]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def load_config(path: Path | None, overrides: Mapping[str, object] | None = None) -> "Config":
    """Read the configuration that the flag, the environment or the folder names; a running sandbox's comes last."""
    from app.config import load  # noqa: PLC0415 -- commands that need no configuration start quicker

    return load(config_file(path), os.environ, overrides)


def config_file(path: Path | None) -> Path:
    """Return which file it is."""
    if path:
        return path
    if named := os.environ.get("CONTACT_BRIDGE_CONFIG"):
        return Path(named)
    return SANDBOX_FILE if not DEFAULT_FILE.exists() and SANDBOX_FILE.exists() else DEFAULT_FILE


def open_store(config: "Config") -> "Store":
    """Open the database of a configuration, up to date."""
    from app.store import Store  # noqa: PLC0415 -- as above

    store = Store(config.server.database_url)
    store.migrate()
    return store


def source_named(config: "Config", name: str) -> "Source":
    """Return a source. Raises `UsageError` with the nearest names."""
    if name not in config.sources:
        raise UsageError(f"there is no source {name!r}{nearest(name, config.sources)}")
    return config.sources[name]


def nearest(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean x?", or which names there are."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if known else "; there are none"


def print_json(document: Any) -> None:
    """Print plain data; times as ISO 8601 in UTC."""
    click.echo(json.dumps(document, default=_plain, indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table that fits the terminal; what a sender wrote is shown as text, never as markup."""
    from rich.console import Console  # noqa: PLC0415 -- slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shown = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    Console().print(shown)


def printable(cell: Any) -> str:
    """Return a cell as text without control characters, which could steer a terminal."""
    if cell is None:
        return ""
    text = cell.astimezone().strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else str(cell)
    return "".join(c if c.isprintable() else " " for c in text)



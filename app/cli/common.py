"""What several commands share: the configuration they work with, and how they print."""

import getpass
import json
import os
import shlex
import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import sandboxes
from app.desk.known import nearest
from app.errors import UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.config.model import Source

_WIDEST, _NARROWEST, _BORDER = 52, 24, 3
DEFAULT_FILE = Path("bridge.toml")

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    envvar="CONTACT_BRIDGE_CONFIG",
    help="The configuration file. [default: $CONTACT_BRIDGE_CONFIG, else ./bridge.toml]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def load_config(path: Path | None, flags: Mapping[str, object] | None = None, *, sandbox: bool = False) -> "Config":
    """Read the configuration; ``flags`` are values of flags by key. Raises `ConfigError`.

    With ``sandbox``, in a folder without one, that of the sandbox that runs there.
    """
    from app.config import load  # noqa: PLC0415 -- commands that need no configuration start quicker

    here = sandbox and not DEFAULT_FILE.exists() and sandboxes.SANDBOX_FILE.exists()
    file = path or (sandboxes.SANDBOX_FILE if here else DEFAULT_FILE)
    if not sandboxes.is_sandbox(file):
        if sandbox and sandboxes.is_served(file):
            click.echo(f"note: {file} means its own database; {sandboxes.beside(file)}", err=True)
        return load(file, os.environ, flags)
    if own := sandboxes.served():
        return load(own[0], os.environ, {**own[1], **(flags or {})})
    return load(file, {}, flags)  # a sandbox must not touch the database of DATABASE_URL


def insist_on_keys(missing: Collection[str]) -> None:
    """Leave with exit 1, and say what to do, if keys with these marks were missing for a whole answer."""
    if missing:
        from app.store.unreadable import advice  # noqa: PLC0415 -- as above

        click.echo(advice(missing), err=True)
        raise click.exceptions.Exit(1)


def as_called() -> str:
    """Return how this command is to be called from here: by its name where the shell finds it, else by its path."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    return called.name if found and called.exists() and Path(found).samefile(called) else shlex.quote(sys.argv[0])


def source_named(config: "Config", name: str) -> "Source":
    """Return a source. Raises `UsageError` with the nearest names."""
    if name not in config.sources:
        raise UsageError(f"there is no source {name!r}{nearest(name, config.sources)}")
    return config.sources[name]


def print_json(document: Any) -> None:
    """Print plain data; times as ISO 8601 in UTC."""
    text = json.dumps(document, default=_plain, indent=2, ensure_ascii=False)
    click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def words(value: Any) -> str:
    """Return a part of a contact in words."""
    if isinstance(value, dict):
        return " since ".join(str(part) for part in value.values() if part)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], whole: str = "", *, ruled: bool = False
) -> None:
    """Print a table that fits the terminal; what a sender wrote is shown as text, never as markup.

    The column ``whole`` keeps its width where others are folded, as far as the terminal has the room;
    ``ruled``: with a line between rows, where each takes several.
    """
    from rich.console import Console  # noqa: PLC0415 -- slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console, cells = Console(), [[printable(cell) for cell in row] for row in rows]
    widest = {column: _width(column, [row[number] for row in cells]) for number, column in enumerate(columns)}
    others = sum(min(_NARROWEST, width + _BORDER) for column, width in widest.items() if column != whole)
    room = max(1, min(_WIDEST, console.width - others - _BORDER - 1))
    shown = Table(title=title or None, title_justify="left", header_style="bold", show_lines=ruled)
    for column in columns:
        shown.add_column(column, overflow="fold", width=min(widest[column], room) if column == whole else None)
    for row in cells:
        shown.add_row(*map(Text, row))
    console.print(shown)


def _width(column: str, cells: Iterable[str]) -> int:
    """The longest line of a column; its heading can be wrapped between words."""
    return max(len(line) for text in ("\n".join(column.split()), *cells) for line in [*text.splitlines(), ""])


def printable(cell: Any) -> str:
    """Return a cell as text without control characters, which could steer a terminal."""
    if cell is None:
        return ""
    text = cell.astimezone().strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else str(cell)
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def who() -> str:
    """Return who does something by a command, as it is written down."""
    return f"cli: {user()}"


def user() -> str:
    """Return the name of whoever runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may know its user by number only
        return f"user {os.getuid()}"

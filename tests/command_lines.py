"""Whether a command line that a file or a text shows could be run as it stands."""

from collections.abc import Sequence
from pathlib import Path

import click

from app.cli import main


def objection(words: Sequence[str]) -> str:
    """Return what ``contact-bridge`` has against its command, options or values; nothing, if it would begin to work."""
    if not words or Path(words[0]).name != "contact-bridge":
        return f"{[*words][:1]} is not contact-bridge"
    above = click.Context(main, info_name="contact-bridge")
    try:
        name, command, rest = main.resolve_command(above, [*words[1:]])
        assert command is not None
        command.make_context(name, rest, parent=above)
    except click.exceptions.Exit:  # --help
        return ""
    except click.ClickException as error:
        return error.format_message()
    return ""

"""The command line: ``contact-bridge …``. Exit codes: 0 done, 1 something failed, 2 wrong usage or configuration."""

import sys
from typing import NoReturn

import click

from app import __version__
from app.cli.common import printable
from app.errors import BridgeError, ConfigError, StoreUnavailableError, UsageError


class _Group(click.Group):
    """Shows what we raise on purpose as words, never as a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            count = len(error.mistakes)
            head = f"{count} mistake{'s' if count > 1 else ''} in the configuration:\n" if count > 1 else ""
            self._leave(2, head + "\n".join(f"  {mistake}" if head else mistake for mistake in error.mistakes))
        except UsageError as error:
            self._leave(2, str(error))
        except StoreUnavailableError as error:
            self._leave(1, f"the database cannot be used: {error}")
        except BridgeError as error:
            self._leave(1, str(error))

    @staticmethod
    def _leave(status: int, message: str) -> NoReturn:
        click.echo(f"contact-bridge: {printable(message)}", err=True)
        sys.exit(status)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contact-bridge")
def main() -> None:
    """Signed webhooks in, contacts out: none lost, nobody twice.

    Try it: contact-bridge serve --sandbox
    """


# Each module adds its commands to the group; they import what they need when they run, so that --help is quick.
from app.cli import (  # noqa: E402
    alerting,
    backups,
    catalog,
    erasing,
    events,
    files,
    ignoring,
    importing,
    pausing,
    previewing,
    replaying,
    running,
    sealing,
    sending,
)

_MODULES = (
    files, running, catalog, previewing, sending, events, replaying, ignoring, pausing, erasing, importing,
    sealing, backups, alerting,
)  # fmt: skip
for module in _MODULES:
    for command in module.commands:
        main.add_command(command)

"""What `serve --sandbox` says when it is up: where everything is, and what to try."""

import os
import textwrap
from typing import TYPE_CHECKING

import click

from app.cli.common import DEFAULT_FILE, as_called
from app.cli.sandboxes import SANDBOX_FILE

if TYPE_CHECKING:
    from app.config import Config


def welcome(config: "Config", address: str, upstream_url: str) -> None:
    """Say it; ``address`` is the bridge's."""
    first = "shopify" if "shopify" in config.sources else next(iter(config.sources), "SOURCE")
    command = f"{as_called()} send {first}"
    if DEFAULT_FILE.exists() or "CONTACT_BRIDGE_CONFIG" in os.environ:  # else it is found without
        command += f" --config {SANDBOX_FILE}"
    click.echo(f"""
Contact Bridge is running, in front of a stand-in upstream (nothing leaves this machine).

  Webhooks    {address}/hooks/<source>
{_console(config, address)}  Contacts    {upstream_url}/   what was created, to look at in a browser
  Sources     {_wrapped(", ".join(config.sources) or "none yet")}
  Database    {SANDBOX_FILE.parent / "bridge.db"}   empty at each start, and gone when it stops

Try it, in another terminal in this folder:

  {command}

Stop it with Ctrl-C.
""")


def has_console(config: "Config") -> bool:
    """Whether a token opens one."""
    from app.access import Access  # noqa: PLC0415 -- see above

    return Access(config.server).enabled


def _console(config: "Config", address: str) -> str:
    """The line that says where the console is, or what opens it; its token is told where it is an invented one."""
    if not has_console(config):
        return "  Console     none: an admin_token under [server] opens it\n"
    token = config.server.admin_token if config.path == SANDBOX_FILE else "from your configuration"
    return f"  Console     {address}/console/   the token is {token}\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 78, initial_indent=" " * 14, subsequent_indent=" " * 14).strip()

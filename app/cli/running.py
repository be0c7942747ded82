"""``serve``, ``deliver`` and ``sandbox``: the processes."""

import errno
import socket
from pathlib import Path

import click

from app.cli.alerting import insist_on_addresses
from app.cli.common import config_option, load_config
from app.errors import UsageError


@click.command()
@config_option
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), envvar="PORT", help="The port to listen on. [default: $PORT]")
@click.option(
    "--sandbox",
    is_flag=True,
    help="Bring a stand-in upstream along, with a database that is empty at each start; needs no configuration at all.",
)
@click.option("--no-delivery", is_flag=True, help="Only receive; another machine delivers.")
def serve(config_path: Path | None, host: str | None, port: int | None, *, sandbox: bool, no_delivery: bool) -> None:
    """Receive and deliver: gunicorn and the delivery process, supervised."""
    from app.cli import services  # noqa: PLC0415 -- it imports everything that runs

    if sandbox:
        services.run_with_sandbox(config_path, host, port)
        return
    config = load_config(config_path, {"server.host": host, "server.port": port})
    insist_on_addresses(config)
    listener = listen(config.server.host, config.server.port)
    services.run(config, listener, delivery=not no_delivery)


@click.command()
@config_option
@click.option(
    "--metrics", "address", metavar="[HOST:]PORT", help="Answer Prometheus there; on 127.0.0.1 if no host is named."
)
def deliver(config_path: Path | None, address: str | None) -> None:
    """Deliver only: map, claim and send what other machines receive."""
    from app.cli import services  # noqa: PLC0415 -- as above

    config = load_config(config_path)
    insist_on_addresses(config)
    services.run_delivery(config, _endpoint(address) if address else None)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)
@click.option("--key", "keys", multiple=True, metavar="KEY=ORG", help="An API key and the org it is for; repeatable.")
def sandbox(host: str, port: int, keys: tuple[str, ...]) -> None:
    """Run the stand-in upstream alone."""
    from app import sandbox as stand_in  # noqa: PLC0415 -- as above
    from app.cli.demo import API_KEY  # noqa: PLC0415

    known = dict(_key(key) for key in keys) or {API_KEY: "org_sandbox"}

    def ready(url: str) -> None:
        click.echo(f"The stand-in upstream is at {url}; its keys: {', '.join(known)}. Stop it with Ctrl-C.")

    stand_in.serve(host, port, known, ready=ready)


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--metrics {text!r}: say [HOST:]PORT, such as 0.0.0.0:9100")
    return host.strip("[]") or "127.0.0.1", int(port)


def _key(text: str) -> tuple[str, str]:
    key, _, org = text.partition("=")
    if not key or not org:
        raise UsageError(f"--key {text!r}: say KEY=ORG, such as --key my-key=org_1")
    return key, org


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises `UsageError` if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, UnicodeError) as error:
        listener.close()
        if getattr(error, "errno", 0) == errno.EADDRINUSE:
            raise UsageError(f"port {port} on {host} is in use; choose another with --port") from None
        reason = getattr(error, "strerror", "no address")
        raise UsageError(f"cannot listen on {host}:{port}: {reason}") from None
    listener.listen(2048)
    return listener


commands = (serve, deliver, sandbox)

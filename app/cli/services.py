"""Starting the processes of a bridge: web, delivery and, to try it out, the stand-in upstream."""

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli import demo
from app.cli.common import load_config
from app.cli.running import listen
from app.logs import configure
from app.supervisor import supervise

if TYPE_CHECKING:
    from app.config import Config

Process = tuple[str, Callable[[], None]]


def run(config: "Config", listener: socket.socket, *, delivery: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    processes = _processes(config, listener, delivery=delivery)
    _supervise(processes, lambda: click.echo(f"Listening on {_address(listener)}, {_sources(config)}"))


def run_with_sandbox(config_path: Path | None, overrides: Mapping[str, object]) -> None:
    """Serve in front of a stand-in upstream: with the user's configuration, or with one made for trying out."""
    host, port = str(overrides.get("server.host") or "127.0.0.1"), overrides.get("server.port")
    listener = listen(host, 8000 if port is None else int(str(port)))
    upstream = listen("127.0.0.1", 0)
    port_of_upstream = upstream.getsockname()[1]
    upstream.close()  # it is bound again by the process that serves it
    url = f"http://127.0.0.1:{port_of_upstream}"
    written = demo.write(host, listener.getsockname()[1], url)
    try:
        kept = {"server.database_url": f"sqlite:///{written.parent / 'bridge.db'}", "upstream.base_url": url}
        config = load_config(config_path or written, {**overrides, **kept})
        keys = {org.api_key: org.org_id if org.org_id != "c" else f"org_{name}" for name, org in config.orgs.items()}
        processes = [*_processes(config, listener, delivery=True), ("sandbox", lambda: _sandbox(port_of_upstream, keys))]
        _supervise(processes, lambda: _welcome(config, _address(listener), url))
    finally:
        shutil.rmtree(written.parent, ignore_errors=True)


def run_delivery(config: "Config") -> None:
    """Deliver until SIGTERM or SIGINT."""
    _prepare()
    _deliver(config)


def _processes(config: "Config", listener: socket.socket, *, delivery: bool) -> list[Process]:
    web: Process = ("web", lambda: _web(config, listener))
    return [web, ("delivery", lambda: _deliver(config))] if delivery else [web]


def _supervise(processes: list[Process], ready: Callable[[], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="contact-bridge-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # read when the metrics are imported, below
        _prepare()
        from app import delivery, server  # noqa: F401, PLC0415 -- once, here, for every process that is forked

        supervise(processes, ready)


def _prepare() -> None:
    configure()


def _web(config: "Config", listener: socket.socket) -> None:
    from app.server import Server  # noqa: PLC0415 -- see above

    sys.argv = ["contact-bridge"]  # gunicorn would read the command line
    Server(config, listener).run()


def _deliver(config: "Config") -> None:
    from app import utc_now  # noqa: PLC0415 -- see above
    from app.bridge import Bridge  # noqa: PLC0415
    from app.delivery import Delivery  # noqa: PLC0415
    from app.store import Store  # noqa: PLC0415

    delivery = Delivery(Bridge(config, Store(config.server.database_url), utc_now), utc_now)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: delivery.stop())
    delivery.run()


def _sandbox(port: int, keys: Mapping[str, str]) -> None:
    from app import sandbox  # noqa: PLC0415 -- only here

    sandbox.serve("127.0.0.1", port, keys)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _sources(config: "Config") -> str:
    return "sources: " + (", ".join(config.sources) or "none yet, add some to the configuration")


def _welcome(config: "Config", address: str, upstream_url: str) -> None:
    command = Path(sys.argv[0]).name if shutil.which("contact-bridge") else sys.argv[0]
    first = "shopify" if "shopify" in config.sources else next(iter(config.sources), "")
    port = "" if address.endswith(":8000") else f" --url {address}/hooks/{first}"
    click.echo(f"""
Contact Bridge is running, in front of a stand-in upstream (nothing leaves this machine).

  Webhooks    {address}/hooks/<source>
  Contacts    {upstream_url}/   what was created, to look at in a browser
  Sources     {", ".join(config.sources)}

Try it, in another terminal in this folder:

  {command} send {first}{port}

Stop it with Ctrl-C.
""")

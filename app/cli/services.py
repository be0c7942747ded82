"""Starting the processes of a bridge: web, delivery and, to try it out, the stand-in upstream."""

import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from app.cli import demo
from app.cli.common import load_config
from app.cli.counters import shared_counters
from app.cli.running import listen
from app.cli.welcome import has_console, welcome
from app.config.model import Alerts
from app.errors import StoreUnavailableError, UsageError
from app.logs import configure
from app.supervisor import aside, supervise

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store

log = structlog.get_logger()

_POLITE = 19  # what is left of the processors, and a little

Process = tuple[str, Callable[[], None]]


def run(config: "Config", listener: socket.socket, *, delivery: bool) -> None:
    """Serve until SIGTERM or SIGINT."""

    def ready() -> None:
        log.info("listening", address=_address(listener), sources=list(config.sources))

    _supervise(config, listener, [("delivery", lambda: _deliver(config))] if delivery else [], ready)


def run_with_sandbox(config_path: Path | None, host: str | None, port: int | None) -> None:
    """Serve in front of a stand-in upstream: with the user's configuration, or with one made for trying out."""
    upstream = listen("127.0.0.1", 0)
    upstream_port = upstream.getsockname()[1]
    upstream.close()  # it is bound again by the process that serves it
    url = f"http://127.0.0.1:{upstream_port}"
    if config_path is None:
        listener = listen(host or "127.0.0.1", 8000 if port is None else port)
    with demo.folder():
        if config_path is None:
            config = demo.config(listener.getsockname()[0], listener.getsockname()[1], url)
        else:
            config = load_config(config_path, {"server.host": host, "server.port": port, **demo.settings(url)})
            listener = listen(config.server.host, config.server.port)
            demo.lend(config_path, listener.getsockname()[0], listener.getsockname()[1], url)
        config = before_the_sandbox(config, url)
        keys = {org.api_key: f"org_{name}" if org.org_id == "c" else org.org_id for name, org in config.orgs.items()}
        others: list[Process] = [
            ("delivery", lambda: _deliver(config)),
            ("sandbox", lambda: _sandbox(upstream_port, keys)),
        ]
        _supervise(config, listener, others, lambda: welcome(config, _address(listener), url))


def before_the_sandbox(config: "Config", url: str) -> "Config":
    """Return what a configuration is in front of a stand-in at ``url``, which plays the senders' APIs, too.

    Nothing leaves this machine, so nobody is told what is wrong.
    """
    return replace(config, upstream=replace(config.upstream, senders_url=f"{url}/_sandbox/senders"), alerts=Alerts())


def run_delivery(config: "Config", metrics: tuple[str, int] | None = None) -> None:
    """Deliver until SIGTERM or SIGINT; ``metrics`` is the host and port where Prometheus is answered."""
    configure()
    where = {"metrics": _answering(*metrics)} if metrics else {}
    log.info("delivering", orgs=list(config.orgs), upstream=config.upstream.base_url, **where)
    _deliver(config)


def _answering(host: str, port: int) -> str:
    from app.metrics import listen as answer  # noqa: PLC0415 -- see below

    try:
        return f"{host}:{answer(host, port)}"
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror or 'no address'}") from None


def _supervise(config: "Config", listener: socket.socket, others: list[Process], ready: Callable[[], None]) -> None:
    """Run the web process and others, which have no business with the listener.

    Delivery is told to stop first: its requests may take half a minute to end, and webhooks are answered meanwhile.
    """

    def without_listener(run: Callable[[], None]) -> None:
        listener.close()
        run()

    configure()
    processes: list[Process] = [(name, lambda run=run: without_listener(run)) for name, run in others]  # type: ignore[misc]
    processes.insert(1, ("web", lambda: _web(config, listener)))
    with shared_counters():
        migrated = aside(lambda: _migrate(config))  # in a process of its own: what it imports is needed by nobody else
        from app import delivery, housekeeping, server  # noqa: F401, PLC0415 -- once, here, for every process that is forked

        if has_console(config):
            from app.web import console  # noqa: F401, PLC0415 -- too

        migrated()
        gc.collect()
        gc.freeze()  # what is there now is never looked at again, so its memory stays shared
        supervise(processes, ready, stopping=listener.close)


def _migrate(config: "Config") -> None:
    from app.store import Store  # noqa: PLC0415 -- see above

    try:
        Store(config.server.database_url, config.server.encryption_key).migrate()
    except StoreUnavailableError as error:  # then it is done when the database is back
        log.warning("store unavailable", reason=str(error))


def _web(config: "Config", listener: socket.socket) -> None:
    from app.server import Server  # noqa: PLC0415 -- see above

    sys.argv = ["contact-bridge"]  # gunicorn would read the command line
    Server(config, listener).run()


def _deliver(config: "Config") -> None:
    from app import tracing, utc_now  # noqa: PLC0415 -- see above
    from app.bridge import Bridge  # noqa: PLC0415
    from app.delivery import Delivery  # noqa: PLC0415
    from app.housekeeping import Housekeeping  # noqa: PLC0415
    from app.store import Store  # noqa: PLC0415

    tracing.begin("delivery")
    os.nice(_POLITE)  # senders wait for an answer; deliveries can wait for the processor
    store = Store(config.server.database_url, config.server.encryption_key)
    delivery = Delivery(Bridge(config, store, utc_now), utc_now)
    housekeeping = Housekeeping(store, config.server.retention_days, utc_now)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: delivery.stop())
    with housekeeping.running(), watching(config, store):
        delivery.run()
    tracing.end()


def watching(config: "Config", store: "Store") -> AbstractContextManager[None]:
    """The watch, for as long as a block runs; where nobody is to be told, nothing, and not its memory either."""
    if not config.alerts.to:
        return contextlib.nullcontext()
    from app import utc_now  # noqa: PLC0415 -- see above
    from app.alerts.watch import Watch  # noqa: PLC0415

    return Watch(config, store, utc_now).running()


def _sandbox(port: int, keys: Mapping[str, str]) -> None:
    from app import sandbox  # noqa: PLC0415 -- only here

    sandbox.serve("127.0.0.1", port, keys)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

"""The sandbox as a server: in a background thread for tests, or as a process of its own."""

import ipaddress
import signal
import socket
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from types import TracebackType
from typing import Self

from flask import Flask

from app.errors import UsageError
from app.sandbox import gate
from app.sandbox.api import api
from app.sandbox.control import control
from app.sandbox.http import Server
from app.sandbox.page import page
from app.sandbox.senders import senders
from app.sandbox.settings import Settings
from app.sandbox.state import Keys, Sandbox, utc_now

_LARGEST_BODY = 16 * 1024 * 1024  # bytes; ten thousand channels are far less
_BACKLOG = 128
_POLL = 0.2  # seconds


class SandboxServer:
    """The stand-in API on a loopback address. ``keys`` maps an API key to its organization's id.

    A sequence of ids means the key's own organization and its sub-organizations. Port 0 takes a free one,
    known once started; a server that was closed can be started again at the same address, with what it kept.
    """

    def __init__(
        self,
        keys: Keys,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        settings: Settings | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._host, self._port = _loopback(host), port
        self._sandbox = Sandbox(keys, settings or Settings(), now)
        self._app = create_app(self._sandbox)
        self._server: Server | None = None
        self.contacts = self._sandbox.contacts
        self.faults = self._sandbox.faults
        self.requests = self._sandbox.requests
        self.settings = self._sandbox.settings
        self.reset = self._sandbox.reset

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def start(self) -> Self:
        """Listen, and answer from a background thread. Raises `UsageError` if the port is taken."""
        self._sandbox.closing.clear()
        with _listen(self._host, self._port) as listening:  # the server keeps a duplicate
            self._server = Server(listening, self._app)
        self._port = self._server.port
        Thread(target=self._server.serve_forever, args=(_POLL,), name="sandbox", daemon=True).start()
        return self

    def close(self) -> None:
        """Close every connection and stop listening; waiting answers are not sent."""
        self._sandbox.closing.set()
        if self._server:
            self._server.close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def serve(
    host: str,
    port: int,
    keys: Keys,
    *,
    settings: Settings | None = None,
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Run the sandbox until SIGTERM or SIGINT; call it from the main thread. ``ready`` is told the address.

    Raises `UsageError` if it cannot listen there.
    """
    stop = Event()
    with SandboxServer(keys, host=host, port=port, settings=settings) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        ready(server.url)
        stop.wait()


def create_app(sandbox: Sandbox) -> Flask:
    app = Flask("app.sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.extensions["sandbox"] = sandbox
    gate.install(app)
    for blueprint in (api, control, page, senders):
        app.register_blueprint(blueprint)
    return app


def _loopback(host: str) -> str:
    address = "127.0.0.1" if host == "localhost" else host
    try:
        if ipaddress.ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise UsageError(f"the sandbox has no protection of its own: {host} is no loopback address; use 127.0.0.1")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise UsageError(f"cannot listen at {host}, port {port}: {error}; choose another --port") from None

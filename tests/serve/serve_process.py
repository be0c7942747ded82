"""``contact-bridge serve`` as a real process, and a wire to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import psutil

SCRIPT = Path(sys.executable).with_name("contact-bridge")
PATIENCE = 40.0  # deliveries have what others leave of the processors
BEARER = {"Authorization": "Bearer token-of-tests", "Content-Type": "application/json"}
PERSON = b'{"id": "lead-1", "name": "Ada Example", "email": "ada@example.com"}'

CONFIGURATION = """
[server]
port = 0
database_url = "{database_url}"
[upstream]
base_url = "{upstream_url}"
rate_limit = 10000
[orgs.main]
api_key = "key-of-tests"
[sources.landing]
provider = "relay"
auth = "bearer"
secret = "token-of-tests"
event_id = "id"
"""

Found = TypeVar("Found")


def until(condition: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """Return what ``condition`` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return found


class Served:
    """A running bridge. Its output goes to files, as under a service manager."""

    def __init__(self, folder: Path, configuration: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        (folder / "bridge.toml").write_text(configuration)
        environ = {k: v for k, v in os.environ.items() if k not in ("PORT", "DATABASE_URL", "CONTACT_BRIDGE_CONFIG")}
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            self.process = subprocess.Popen(
                [str(SCRIPT), "serve", *arguments], cwd=folder, stdout=out, stderr=err, env={**environ, **(env or {})}
            )

    def __enter__(self) -> Self:
        until(lambda: self.messages("listening") or self.process.poll() is not None)
        assert self.process.poll() is None, self.output()
        self.url = str(self.messages("listening")[0]["address"])
        return self

    def __exit__(self, *_: object) -> None:
        family = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for process in family:
            if process.is_running():
                process.kill()

    def output(self) -> str:
        return (self.folder / "out").read_text() + (self.folder / "err").read_text()

    def messages(self, message: str) -> list[dict[str, Any]]:
        """Return the log lines that say ``message``."""
        return [line for line in self._lines() if line["message"] == message]

    def messages_of(self, logger: str) -> list[dict[str, Any]]:
        """Return the log lines of another library."""
        return [line for line in self._lines() if line.get("logger") == logger]

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "out").read_text().splitlines()]

    def children(self) -> list[psutil.Process]:
        """Return the web and the delivery process, in this order, once both run."""

        def found() -> list[psutil.Process]:
            try:
                both = sorted(psutil.Process(self.process.pid).children(), key=lambda child: not child.children())
            except psutil.NoSuchProcess:  # it died while it was looked at
                return []
            return both if len(both) == 2 and both[0].children() else []

        return until(found)

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer requests, once both run."""
        return list(until(lambda: len(found := self.children()[0].children()) == 2 and found))

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the answer."""
        with closing(self.connection()) as connection:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def post(self, body: bytes = PERSON) -> int:
        return self.ask("POST", "/hooks/landing", body, BEARER)[0]

    def raw(self, *pieces: bytes) -> bytes:
        """Send bytes, and return all that is answered until the connection is closed."""
        with self.wire() as wire:
            for piece in pieces:
                wire.sendall(piece)
            wire.shutdown(socket.SHUT_WR)
            return receive(wire)

    def wire(self) -> socket.socket:
        address = urlsplit(self.url)
        return socket.create_connection((str(address.hostname), address.port or 80), timeout=PATIENCE)


def receive(wire: socket.socket) -> bytes:
    """Return what arrives until the other side closes."""
    received = b""
    while chunk := wire.recv(65536):
        received += chunk
    return received


def lead(number: object) -> bytes:
    return json.dumps({"id": f"lead-{number}-1", "email": f"lead-{number}@example.com"}).encode()

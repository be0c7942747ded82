"""Who is told in tests: a webhook on this machine and a mail server that keeps what it gets."""

import contextlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.config import Config, loads
from app.mapping import Mapped
from app.store import Arrival, Hold, Store
from app.webhook import Event, EventStatus

KEY_REFUSED = "alert.begun key refused main"

_TOML = """
[server]
public_url = "https://hooks.example.com"
admin_token = "token-of-the-desk"
[orgs.main]
api_key = "key-of-main"
[orgs.other]
api_key = "key-of-other"
[sources.shop]
provider = "relay"
auth = "none"
org = "main"
[sources.form]
provider = "relay"
auth = "none"
org = "main"
[alerts]
"""


def configuration(*to: str) -> Config:
    """Two orgs and two sources, and these addresses to tell."""
    return loads(f"{_TOML}{f'to = {json.dumps(to)}' if to else ''}", {}, Path())


def held(store: Store, now: Any, org: str = "main") -> None:
    """Let an org's key be refused."""
    store.orgs.hold(org, Hold.KEY_REFUSED, "401", now)


def fail(store: Store, now: Any, *event_ids: str) -> None:
    """Let events fail."""
    kept = [(Event("shop", event_id, "signup", now, b"{}"), EventStatus.RECEIVED, None) for event_id in event_ids]
    store.inbox.add(Arrival(now, kept))
    store.received.map(lambda _: ("main", Mapped(EventStatus.FAILED, "neither e-mail nor phone")), now)


class Listener:
    """A webhook: keeps the JSON that is posted, and answers ``status``."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status, self.headers = 200, dict[str, str]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/secret-of-the-webhook"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def types(self) -> list[str]:
        return [f"{each['type']} {each['kind']} {each['subject']}".strip() for each in self.heard]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if listener.status < 300:
                    listener.heard.append(json.loads(body))
                self.send_response(listener.status)
                for name, value in listener.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """A mail server that takes one message per connection; just enough of SMTP."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        self.url = f"mailto://127.0.0.1:{port}?from=bridge@example.com&to=ops@example.com"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as lines:
                self._talk(lines)

    def _talk(self, lines: Any) -> None:
        def say(words: bytes) -> None:
            lines.write(words + b"\r\n")
            lines.flush()

        say(b"220 mailbox of tests")
        while (line := lines.readline()) and not line.upper().startswith(b"QUIT"):
            if line.upper().startswith(b"DATA"):
                say(b"354 go on")
                mail = b""
                while (part := lines.readline()) not in (b".\r\n", b""):
                    mail += part
                self.mails.append(mail.decode())
            say(b"250 fine")
        say(b"221 bye")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()

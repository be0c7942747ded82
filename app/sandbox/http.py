"""The socket side of the sandbox: werkzeug's server, with connections that stay open and can be lost."""

import contextlib
import socket
from collections.abc import Iterable
from io import BytesIO
from threading import Condition
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Headers
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from app.sandbox.strike import UNSENT

_GOODBYE = 5.0  # seconds that a request in progress has to end when the server closes


class Handler(WSGIRequestHandler):
    """One connection. Werkzeug's handler closes it after each answer, which costs more than the answer."""

    server: "Server"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        try:
            with contextlib.suppress(OSError):
                super().finish()
        finally:
            self.server.closed(self.connection)

    def run_wsgi(self) -> None:
        self.wfile.flush()  # a "100 Continue" may be waiting
        self.environ = environ = self.make_environ()
        body = self._body(environ)
        if body is None:
            self.send_error(400)
            self.close_connection = True
            return
        environ.update({"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        content, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        self._send(status, headers, b"".join(content))

    def _body(self, environ: WSGIEnvironment) -> bytes | None:
        """Read the whole body: the next request begins behind it. None if its length is nonsense."""
        if environ.get("wsgi.input_terminated"):
            return bytes(environ["wsgi.input"].read())
        length = environ.get("CONTENT_LENGTH") or "0"
        return self.rfile.read(int(length)) if length.isdecimal() else None

    def _send(self, status: str, headers: Headers, body: bytes) -> None:
        unsent = headers.pop(UNSENT, None)
        self.close_connection = self.close_connection or unsent is not None
        if unsent == "all":
            return
        self.send_response(int(status[:3]), status[4:])
        if body or status[:3] not in ("204", "304"):
            headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if unsent == "half" else body)

    def log(self, *_: Any) -> None:
        """The requests can be read at ``/_sandbox/requests``; the terminal stays quiet."""


class Server(ThreadedWSGIServer):
    """Knows its open connections, so that closing it looks to a client like a server that is gone."""

    def __init__(self, listening: socket.socket, app: WSGIApplication) -> None:
        host, port = listening.getsockname()[:2]
        self._open: set[socket.socket] = set()
        self._changed = Condition()
        self._closing = False
        super().__init__(host, port, app, Handler, fd=listening.fileno())

    def opened(self, connection: socket.socket) -> None:
        with self._changed:
            self._open.add(connection)
            if self._closing:
                _shut([connection])

    def closed(self, connection: socket.socket) -> None:
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def close(self) -> None:
        """Stop listening, close every connection, and wait for the requests in progress to end."""
        _shut([self.socket])  # wakes the loop that accepts; where a system cannot do that, it wakes by itself
        self.shutdown()
        self.server_close()
        with self._changed:
            self._closing = True
            _shut(self._open)
            self._changed.wait_for(lambda: not self._open, timeout=_GOODBYE)


def _shut(connections: Iterable[socket.socket]) -> None:
    for connection in connections:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

"""gunicorn's threaded worker and its log, where they are not fit for strangers on the other end."""

import contextlib
import json
import socket
import struct
import time
from http import HTTPStatus
from typing import Any

import structlog
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from app.supervisor import die_with

log = structlog.get_logger()

_SILENCE_SECONDS = 5
_COURTESY_SECONDS, _COUNTED_CONNECTIONS = 0.0001, 40  # at most 4 ms for a new connection, none for its requests
_FAREWELL_SECONDS, _FAREWELL_BYTES = 1.0, 16 * 1024 * 1024
_TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
_WORDS = {
    HTTPStatus.REQUEST_URI_TOO_LONG: ("address-too-long", "The request's address is too long"),
    _TOO_LARGE: ("header-too-large", "The request's header is too large"),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("bug", "Something went wrong here"),
}


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn is untyped
    """Answers what is no request with problem details instead of HTML, and waits for nobody for long."""

    def init_process(self) -> None:
        die_with(self.ppid)  # gunicorn's own look at its parent lets open connections go on for half a minute
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Take a new connection, the later the more there are: so the worker with the fewest is the first.

        Senders keep connections open. Left to chance, one worker gets nearly all of them and its core is the limit.
        """
        time.sleep(min(self.nr_conns, _COUNTED_CONNECTIONS) * _COURTESY_SECONDS)
        super().accept(listener)

    def handle(self, conn: Any) -> Any:
        """Serve a request. Whoever sends half of one and then nothing does not keep the thread."""
        if not conn.initialized:  # by the kernel, because gunicorn sets the socket's own timeout back
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", _SILENCE_SECONDS, 0))
        again = super().handle(conn)
        if again is False:
            _part(conn.sock)
        return again

    def handle_error(self, _req: Any, client: socket.socket, _addr: Any, exc: Exception) -> None:
        status = _status(exc)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("bug", error=type(exc).__name__)
        kind, title = _WORDS.get(status, ("unreadable-request", "The request cannot be read"))
        body = json.dumps({"type": f"urn:contact-bridge:problem:{kind}", "title": title, "status": status})
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        head += f"Connection: close\r\nContent-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
        with contextlib.suppress(OSError):  # whoever sends junk may well not listen
            client.sendall((head + body).encode())


class JsonLogger(Logger):  # type: ignore[misc] # gunicorn is untyped
    """gunicorn's log, as lines like everybody's: see `app.logs`."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.propagate = True


def _part(sock: socket.socket) -> None:
    """Let the answer arrive before the connection closes: read on while the other side still sends.

    gunicorn does that too, but in the loop that accepts everybody's connections; it finds nothing left to do.
    """
    until, received = time.monotonic() + _FAREWELL_SECONDS, 0
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while received < _FAREWELL_BYTES and (left := until - time.monotonic()) > 0:
            sock.settimeout(left)
            chunk = sock.recv(65536)
            if not chunk:
                break
            received += len(chunk)
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _status(error: Exception) -> HTTPStatus:
    match error:
        case LimitRequestLine():
            return HTTPStatus.REQUEST_URI_TOO_LONG
        case LimitRequestHeaders():
            return _TOO_LARGE
        case ParseException():
            return HTTPStatus.BAD_REQUEST
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR

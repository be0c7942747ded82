"""A raw server for faults on the wire, that answers each connection with fixed bytes."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable

from app.conversation import Conversation

Talk = Callable[..., Conversation]
ADA = {"email": "ada@example.com"}
CONTACT = json.dumps({"id": "c1", "name": "Ada Example", "channels": [{"email": "ADA@example.com"}]}).encode()


class RawServer:
    """Answers each connection with fixed bytes, piece by piece, and keeps what was asked. For faults on the wire."""

    def __init__(self, *answers: list[bytes], gap: float = 0.0) -> None:
        self._answers, self._gap = list(answers), gap
        self.asked: list[str] = []
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while self._answers and (head := _request(connection)):
                self.asked.append(head)
                for piece in self._answers.pop(0):
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return
                    time.sleep(self._gap)
                if "Connection: close" in head or self._gap:
                    return

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # as above, and whoever waits for an answer gets none at once
            connection.close()


def _request(connection: socket.socket) -> str:
    """Read one whole request; empty if the client left."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            chunk = connection.recv(65536)
        except OSError:
            return ""
        if not chunk:
            return ""
        data += chunk
        if data[:1] == b"\x16":  # a TLS handshake begins
            return "TLS"
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return (head + b"\r\n\r\n" + body).decode()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An HTTP answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

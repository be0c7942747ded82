"""A stand-in upstream that does nothing but note when a request for a new contact arrived."""

import json
import re
import socket
import threading
import time

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


class Upstream:
    """Listens at ``port`` from the start; `arrival` waits for the next ``POST …/contacts``."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._arrivals: list[float] = []
        self._arrived = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def arrival(self, number: int, timeout: float = 10.0) -> float:
        """Return when (``time.monotonic``) contact ``number``, from 0, was asked for. Raises `TimeoutError`."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._arrivals) > number, timeout):
                raise TimeoutError("nothing was delivered")
            return self._arrivals[number]

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        received = b""
        with connection:
            while part := connection.recv(65536):
                at = time.monotonic()
                received += part
                head, end, body = received.partition(b"\r\n\r\n")
                length = _LENGTH.search(head)
                if end and len(body) >= (int(length[1]) if length else 0):
                    connection.sendall(self._reply(head, at))
                    received = b""

    def _reply(self, head: bytes, at: float) -> bytes:
        method, path = head.split(b" ", 2)[:2]
        answer: object = []
        if method == b"POST" and path.endswith(b"/contacts"):
            with self._arrived:
                self._arrivals.append(at)
                answer = {"id": f"contact_{len(self._arrivals)}"}
                self._arrived.notify_all()
        body = json.dumps(answer).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

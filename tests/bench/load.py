"""A load generator: raw sockets that stay open, requests made beforehand, every answer's time noted.

It shares the machine with what it measures, so it must cost next to nothing: `responder` is there to
measure the generator itself.
"""

import itertools
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_LAST_ANSWERS_SECONDS = 20.0
_HEAD_END = b"\r\n\r\n"


@dataclass
class Result:
    """What one run saw: seconds from the last byte sent to the last byte received, per request answered 200."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failures: int = 0
    cpu_seconds: float = 0.0  # of whoever answered, where that was looked at

    @property
    def cpu_ms(self) -> float:
        """The processor time of one answer."""
        return 1000 * self.cpu_seconds / len(self.latencies) if self.latencies else float("nan")

    @property
    def rate(self) -> float:
        """Requests answered 200, a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """Return the latency in seconds that ``percent`` of the answers did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


@dataclass
class _Connection:
    port: int
    socket: socket.socket
    started: float = 0.0
    received: bytes = b""
    expected: int = 0  # bytes of the whole answer, once its head is there
    waits: bool = False  # for an answer


def run(ports: int | Sequence[int], requests: Sequence[bytes], connections: int, seconds: float) -> Result:
    """Send ``requests`` to a port of this machine, or to several, until they are used up or ``seconds`` have passed.

    Each connection waits for its answer before it sends again. Answers that are under way at the end
    are waited for and counted, and so is the time that they take.
    """
    turns = itertools.cycle([ports] if isinstance(ports, int) else ports)
    return _Run(iter(requests), seconds).go(list(itertools.islice(turns, connections)))


class _Run:
    def __init__(self, requests: Iterator[bytes], seconds: float) -> None:
        self._requests, self._seconds = requests, seconds
        self._selector = selectors.DefaultSelector()
        self._result = Result()
        self._busy = 0
        self._until = 0.0

    def go(self, ports: Sequence[int]) -> Result:
        """One connection to each of ``ports``."""
        opened = [_Connection(port, _connect(port)) for port in ports]
        try:
            began = time.perf_counter()
            self._until = began + self._seconds
            for connection in opened:
                self._selector.register(connection.socket, selectors.EVENT_READ, connection)
                self._send(connection)
            self._answers()
            self._result.seconds = time.perf_counter() - began
        finally:
            self._selector.close()
            for connection in opened:
                connection.socket.close()
        return self._result

    def _answers(self) -> None:
        while self._busy:
            ready = self._selector.select(1.0)
            for key, _ in ready:
                self._receive(key.data)
            if not ready and time.perf_counter() > self._until + _LAST_ANSWERS_SECONDS:
                self._result.failures += self._busy
                return

    def _send(self, connection: _Connection) -> None:
        request = next(self._requests, None) if time.perf_counter() < self._until else None
        if request is None:
            return
        connection.socket.sendall(request)  # two kilobytes always fit into the socket's buffer
        connection.started, connection.waits = time.perf_counter(), True
        self._busy += 1

    def _receive(self, connection: _Connection) -> None:
        try:
            part = connection.socket.recv(65536)
        except ConnectionError:
            part = b""
        if not part and not connection.waits:  # nothing is left to be asked, and the server hung up
            self._selector.unregister(connection.socket)
            return
        if not part:
            self._lost(connection)
            return
        connection.received += part
        if not connection.expected:
            connection.expected = _length(connection.received)
        if connection.expected and len(connection.received) >= connection.expected:
            self._answered(connection)

    def _answered(self, connection: _Connection) -> None:
        self._busy -= 1
        connection.waits = False
        if connection.received[9:12] == b"200":
            self._result.latencies.append(time.perf_counter() - connection.started)
        else:
            self._result.failures += 1
        connection.received, connection.expected = b"", 0
        self._send(connection)

    def _lost(self, connection: _Connection) -> None:
        """The server closed: that request failed, and the next one takes a new connection."""
        self._busy -= 1
        self._result.failures += 1
        self._selector.unregister(connection.socket)
        connection.socket.close()
        if time.perf_counter() < self._until:
            connection.socket, connection.received, connection.expected = _connect(connection.port), b"", 0
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)
            self._send(connection)


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _length(received: bytes) -> int:
    """Return how long the whole answer is, or 0 as long as its head is not complete."""
    end = received.find(_HEAD_END)
    if end < 0:
        return 0
    head = received[:end].lower()
    at = head.find(b"content-length:")
    return end + len(_HEAD_END) + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)

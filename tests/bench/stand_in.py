"""A stand-in upstream that costs next to nothing: it notes when each request arrived, and answers in one of few ways.

    python -m tests.bench.stand_in FD [--latency SECONDS] [--status STATUS] [--hang]

FD is a socket that listens already. A new contact is answered with its id and its name, as the upstream documents:
without a name the bridge would have to send it again. Everything else is answered with an empty list.
``GET /arrivals`` tells when requests arrived (`time.monotonic`, the same in every process), by their methods.
"""

import argparse
import asyncio
import json
import re
import socket
import time
from collections import defaultdict
from urllib.request import urlopen

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_ANSWER = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


def arrivals(port: int, method: str | None = "POST") -> list[float]:
    """Return when requests of a method (None: of any) arrived at the stand-in on ``port``, in order."""
    with urlopen(f"http://127.0.0.1:{port}/arrivals", timeout=30) as answer:
        noted: dict[str, list[float]] = json.load(answer)
    return sorted(at for name, times in noted.items() if method in (None, name) for at in times)


class StandIn:
    """``latency`` is in seconds; with ``hang`` nothing is ever answered."""

    def __init__(self, latency: float = 0.0, status: int = 200, *, hang: bool = False) -> None:
        self.latency, self.status, self.hang = latency, status, hang
        self._noted: defaultdict[str, list[float]] = defaultdict(list)

    def note(self, method: str, body: bytes) -> bytes:
        """Note an arrival; return the answer to it."""
        noted = self._noted[method]
        noted.append(time.monotonic())
        return self._answer(_made(len(noted), body) if method == "POST" else b"[]", self.status)

    def told(self) -> bytes:
        """Return the answer that tells all arrivals."""
        return self._answer(json.dumps(self._noted).encode(), 200)

    def _answer(self, body: bytes, status: int) -> bytes:
        return _ANSWER % (status, len(body), body)


def _made(number: int, body: bytes) -> bytes:
    channel = json.loads(body).get("channel", {})
    return json.dumps({"id": f"contact_{number}", "name": channel.get("name")}).encode()


class _Connection(asyncio.Protocol):
    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in, self._received = stand_in, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Nobody sends a second request before the answer to the first."""
        self._received += data
        head, end, body = self._received.partition(_HEAD_END)
        length = _LENGTH.search(head)
        if end and len(body) >= (int(length[1]) if length else 0):
            self._received = b""
            self._arrived(*head.split(b" ", 2)[:2], body)

    def _arrived(self, method: bytes, path: bytes, body: bytes) -> None:
        if path == b"/arrivals":
            self._transport.write(self._stand_in.told())
            return
        answer = self._stand_in.note(method.decode(), body)
        if self._stand_in.hang:
            return
        if self._stand_in.latency:
            asyncio.get_running_loop().call_later(self._stand_in.latency, self._transport.write, answer)
        else:
            self._transport.write(answer)


async def serve(listener: socket.socket, stand_in: StandIn) -> None:
    """Answer until cancelled."""
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(stand_in), sock=listener)
    await server.serve_forever()


def main() -> None:
    """Serve until the process is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stand_in")
    parser.add_argument("fd", type=int)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--hang", action="store_true")
    options = parser.parse_args()
    stand_in = StandIn(options.latency, options.status, hang=options.hang)
    asyncio.run(serve(socket.socket(fileno=options.fd), stand_in))


if __name__ == "__main__":
    main()

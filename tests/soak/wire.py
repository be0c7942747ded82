"""Connections to one bridge that stay open and are opened again; what goes wrong is no answer."""

import asyncio

_PATIENCE_SECONDS = 8.0

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire:
    """Posts to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Connection] = []

    async def post(self, request: bytes) -> int:
        """Return the status of the answer, 0 if there was none."""
        connection: Connection | None = None
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                connection = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
                status, reusable = await _exchange(connection, request)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            if connection:
                connection[1].close()
            return 0
        if reusable:
            self._idle.append(connection)
        else:
            connection[1].close()
        return status

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def _exchange(connection: Connection, request: bytes) -> tuple[int, bool]:
    reader, writer = connection
    writer.write(request)
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    at = head.find(b"content-length:")
    if at < 0 or b"connection: close" in head:
        return status, False
    try:
        await reader.readexactly(int(head[at + 15 :].split(b"\r\n", 1)[0]))
    except (OSError, asyncio.IncompleteReadError):
        return status, False  # killed in the middle of its answer: the sender has read the status all the same
    return status, True

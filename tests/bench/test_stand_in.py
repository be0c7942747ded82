import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.bench.stand_in import StandIn, serve

BODY = b'{"channel": {"name": "Ada Example"}}'
CREATE = b"POST /orgs/c/contacts HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
FIND = b"GET /orgs/c/contacts?page=1 HTTP/1.1\r\nHost: x\r\n\r\n"
TOLD = b"GET /arrivals HTTP/1.1\r\nHost: x\r\n\r\n"

Talk = Callable[..., list[tuple[int, object]]]


@pytest.fixture
def talk() -> Talk:
    """Send requests over one connection, each when the one before was answered; return statuses and bodies."""

    def talk(stand_in: StandIn, *requests: bytes) -> list[tuple[int, object]]:
        return asyncio.run(_talk(stand_in, requests))

    return talk


async def _talk(stand_in: StandIn, requests: tuple[bytes, ...]) -> list[tuple[int, object]]:
    async with _connected(stand_in, 1) as [(reader, writer)]:
        return [await _answer(reader, writer, request) for request in requests]


@asynccontextmanager
async def _connected(
    stand_in: StandIn, times: int
) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(serve(listener, stand_in))
    opened = [await asyncio.open_connection(*listener.getsockname()) for _ in range(times)]
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()
            await writer.wait_closed()
        serving.cancel()  # and with it the listener is closed
        await asyncio.wait([serving])


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, Any]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
    return int(head.split(" ")[1]), json.loads(await reader.readexactly(length))


def test_a_new_contact_gets_an_id_and_keeps_its_name_and_a_list_is_empty(talk: Talk) -> None:
    assert talk(StandIn(), CREATE, FIND, CREATE) == [
        (200, {"id": "contact_1", "name": "Ada Example"}),
        (200, []),
        (200, {"id": "contact_2", "name": "Ada Example"}),
    ]


def test_it_tells_when_requests_arrived_by_their_methods(talk: Talk) -> None:
    before = time.monotonic()
    *_, (_, told) = talk(StandIn(), CREATE, FIND, CREATE, TOLD)

    assert isinstance(told, dict)
    assert {method: len(arrivals) for method, arrivals in told.items()} == {"POST": 2, "GET": 1}
    assert before <= told["POST"][0] <= told["GET"][0] <= told["POST"][1] <= time.monotonic()


def test_it_answers_as_slowly_and_as_badly_as_it_is_told(talk: Talk) -> None:
    before = time.monotonic()

    [(status, _), (told, _)] = talk(StandIn(0.01, 500), CREATE, TOLD)

    assert (status, told) == (500, 200)
    assert time.monotonic() - before >= 0.01


def test_it_hangs_but_notes_the_arrival() -> None:
    async def hang(stand_in: StandIn) -> tuple[dict[str, list[float]], bool]:
        async with _connected(stand_in, 2) as [waiting, asking]:
            waiting[1].write(CREATE)
            while "POST" not in (told := (await _answer(*asking, TOLD))[1]):
                pass
            answer = asyncio.create_task(waiting[0].read(1))
            done, _ = await asyncio.wait([answer], timeout=0.05)
        await asyncio.wait([answer])
        return told, bool(done)

    told, answered = asyncio.run(hang(StandIn(hang=True)))

    assert (len(told["POST"]), answered) == (1, False)

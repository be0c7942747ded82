import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.bench import load
from tests.bench.webhooks import webhooks

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 401 UNAUTHORIZED\r\nContent-Length: 0\r\n\r\n"

Serve = Callable[[list[list[bytes]]], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server: for each connection in turn, the pieces to answer its requests with; then it closes."""
    threads = list[threading.Thread]()
    with ExitStack() as stack:

        def answer(listener: socket.socket, connections: list[list[bytes]]) -> None:
            for answers in connections:
                connection, _ = listener.accept()
                with connection, suppress(ConnectionError):  # whose time is over leaves
                    for piece in answers:
                        connection.recv(65536)
                        connection.sendall(piece)

        def start(connections: list[list[bytes]]) -> int:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            threads.append(threading.Thread(target=answer, args=(listener, connections), daemon=True))
            threads[-1].start()
            port: int = listener.getsockname()[1]
            return port

        yield start
        for thread in threads:
            thread.join(5.0)  # who is not there yet would find the listener closed


def test_it_notes_the_time_of_every_answer(serve: Serve) -> None:
    port = serve([[OK, OK, OK]])

    result = load.run(port, webhooks(3), 1, 10.0)

    assert (len(result.latencies), result.failures) == (3, 0)
    assert 0 < result.percentile(50) <= result.percentile(99) <= result.seconds


def test_it_counts_an_answer_that_is_no_200_as_a_failure(serve: Serve) -> None:
    port = serve([[OK, REFUSED]])

    result = load.run(port, webhooks(2), 1, 10.0)

    assert (len(result.latencies), result.failures) == (1, 1)


def test_it_connects_again_when_the_server_hangs_up(serve: Serve) -> None:
    port = serve([[OK, b""], [OK]])

    result = load.run(port, webhooks(3), 1, 10.0)

    assert (len(result.latencies), result.failures) == (2, 1)


def test_it_spreads_its_connections_over_several_servers(serve: Serve) -> None:
    ports = [serve([[OK]]), serve([[OK]])]

    result = load.run(ports, webhooks(2), 2, 10.0)

    assert (len(result.latencies), result.failures) == (2, 0)


def test_it_stops_when_its_time_is_over(serve: Serve) -> None:
    port = serve([[OK]])

    result = load.run(port, webhooks(2), 1, 0.0)

    assert result.latencies == []


def test_it_never_signs_the_same_webhook_twice() -> None:
    made = webhooks(2) + webhooks(2)

    assert len(set(made)) == 4
    assert all(b"X-Shopify-Hmac-Sha256: " in request for request in made)

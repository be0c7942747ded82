import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from alerts_kit import Listener, Mailbox


@pytest.fixture
def listen() -> Iterator[Callable[[], Listener]]:
    """Open a webhook."""
    opened: list[Listener] = []

    def begin() -> Listener:
        opened.append(Listener())
        return opened[-1]

    yield begin
    for listener in opened:
        listener.close()


@pytest.fixture
def listener(listen: Callable[[], Listener]) -> Listener:
    return listen()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.close()


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a webhook that answers one byte at a time, and is never done."""
    ended = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not ended.wait(0.05):
                connection.sendall(b".")

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
    for thread in threading.enumerate():
        if thread.name == "alert":
            thread.join(5)


@pytest.fixture
def serve_nothing() -> Iterator[str]:
    """The address of a webhook that takes a request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/"

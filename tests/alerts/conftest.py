import socket
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
def serve_nothing() -> Iterator[str]:
    """The address of a webhook that takes a request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/"

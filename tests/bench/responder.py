"""The least that can answer: no parsing, no framework, one thread. What `load` reaches here is its own ceiling.

Run as a process of its own: ``python -m tests.bench.responder FD``, a socket that listens already.
"""

import selectors
import socket
import sys

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def serve(listener: socket.socket) -> None:
    """Answer until the process is told to stop."""
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
            else:
                _answer(selector, key.fileobj)  # type: ignore[arg-type] # only sockets are registered


def _answer(selector: selectors.BaseSelector, connection: socket.socket) -> None:
    """The generator sends a request at once and waits for its answer: what is there to read is one request."""
    if connection.recv(65536):
        connection.sendall(_ANSWER)
    else:
        selector.unregister(connection)
        connection.close()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))

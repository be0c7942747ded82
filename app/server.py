"""gunicorn around the application: its settings, and answers of ours where a request never gets to Flask."""

import json
import socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker

from app import create_app, metrics
from app.config.model import Config

GRACEFUL_SECONDS = 30


class ProblemWorker(ThreadWorker):  # type: ignore[misc] # gunicorn is untyped
    """The threaded worker, answering requests that cannot be read with problem details instead of HTML."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        large = isinstance(exc, LimitRequestHeaders | LimitRequestLine)
        status, title = (431, "The request's header is too large") if large else (400, "The request cannot be read")
        document = {"type": "urn:contact-bridge:problem:unreadable-request", "title": title, "status": status}
        body = json.dumps(document)
        head = f"HTTP/1.1 {status} {'Request Header Fields Too Large' if large else 'Bad Request'}\r\n"
        head += f"Connection: close\r\nContent-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
        try:
            client.sendall((head + body).encode())
        except OSError:
            pass  # whoever sends junk may well not listen


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is untyped
    """The web process: `run` blocks until it is told to stop.

    ``listener`` is a socket that listens already, so that connections wait rather than fail while
    workers come and go.
    """

    def __init__(self, config: Config, listener: socket.socket) -> None:
        self._config, self._listener = config, listener
        super().__init__()

    def load_config(self) -> None:
        for name, value in settings(self._config).items():
            self.cfg.set(name, value)
        self.cfg.set("bind", f"fd://{self._listener.fileno()}")

    def load(self) -> Flask:
        return create_app(self._config)


def settings(config: Config) -> dict[str, Any]:
    """gunicorn's settings for this configuration."""
    return {
        "workers": config.server.workers,
        "threads": config.server.threads,
        "worker_class": ProblemWorker,
        "worker_connections": 1000,
        "keepalive": 75,
        "timeout": 60,
        "graceful_timeout": GRACEFUL_SECONDS,
        "limit_request_field_size": 65_536,
        "control_socket_disable": True,
        "proc_name": "contact-bridge",
        "accesslog": None,  # a request line may hold a token; what matters is logged by the application
        "loglevel": "warning",
        "child_exit": _child_exit,
    }


def _child_exit(_: Any, worker: Worker) -> None:
    metrics.forget_process(worker.pid)

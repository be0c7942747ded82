"""gunicorn around the application, and its settings."""

import socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker as AnyWorker

from app import create_app, metrics, tracing
from app.config.model import Config
from app.web.worker import JsonLogger, Worker

GRACEFUL_SECONDS = 30


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
        "worker_class": Worker,
        "worker_connections": 1000,
        "keepalive": 75,
        "timeout": 60,
        "graceful_timeout": GRACEFUL_SECONDS,
        "limit_request_field_size": 65_536,
        "control_socket_disable": True,
        "proc_name": "contact-bridge",
        "accesslog": None,  # a request line may hold a token; what matters is logged by the application
        "errorlog": None,  # JsonLogger instead
        "logger_class": JsonLogger,
        "loglevel": "warning",
        "post_worker_init": lambda _worker: tracing.begin("web"),
        "worker_exit": lambda _server, _worker: tracing.end(),
        "child_exit": _child_exit,
    }


def _child_exit(_: Any, worker: AnyWorker) -> None:
    metrics.forget_process(worker.pid)

"""The ceiling: what Flask and gunicorn reach under the bridge's own settings when there is nothing to do.

The route reads the body and answers 200 with JSON; no verification, no database, no log.
Run as a process of its own: ``python -m tests.bench.ceiling FD``, a socket that listens already.
"""

import socket
import sys

from flask import Flask, Response, request

from app.config import Config
from app.server import Server


class _Ceiling(Server):
    def load(self) -> Flask:
        app = Flask("ceiling", static_folder=None)

        @app.post("/hooks/<source>")
        def receive(source: str) -> Response:
            request.get_data(cache=False)
            return Response('{"status": "accepted", "event_id": "1"}', mimetype="application/json")

        return app


if __name__ == "__main__":
    listener = socket.socket(fileno=int(sys.argv.pop()))  # gunicorn reads the command line, too
    _Ceiling(Config(), listener).run()

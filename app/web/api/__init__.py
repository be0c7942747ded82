"""The management API, ``/api/v1``: an application of its own, made when somebody first asks it something.

Until then a worker neither loads nor holds what it is made of, and the endpoint of senders knows nothing of it.
"""

import threading

from flask import Blueprint, Flask, current_app, request
from werkzeug import Response

from app.access import Access
from app.bridge import Bridge

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


class _Later:
    """The application of the API, once there is one."""

    def __init__(self, access: Access) -> None:
        self._access, self._lock = access, threading.Lock()
        self._made: Flask | None = None

    def __call__(self, rest: str) -> Response:  # noqa: ARG002 -- the application looks at the whole path itself
        made = self._made or self._make(current_app.extensions["bridge"])
        return Response.from_app(made, request.environ)

    def _make(self, bridge: Bridge) -> Flask:
        with self._lock:
            if self._made is None:
                from app.web.api.application import make  # noqa: PLC0415 -- see above

                self._made = make(bridge, self._access)
            return self._made


def mount(app: Flask, access: Access) -> None:
    """Let an application answer under ``/api``."""
    api = Blueprint("api", __name__)
    api.add_url_rule("/api/<path:rest>", "later", _Later(access), methods=_METHODS)
    app.register_blueprint(api)

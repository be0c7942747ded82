"""What the parts of the API have in common: who may come in, how arguments are read, what is kept from caches."""

from collections.abc import Callable
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Request, Response, current_app, g, request
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from app.access import Access, Role
from app.bridge import Bridge
from app.payload import decode
from app.web.api.mistakes import refuse
from app.web.bodies import whole_body

View = TypeVar("View", bound=Callable[..., Any])

PREFIX = "/api/v1"
_JSON = "application/json"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="contact-bridge"'}


class _Parser(FlaskParser):
    """Reads arguments; what is not known is a mistake, for a misspelt condition would select everything."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": ma.RAISE}

    def _raw_load_json(self, req: Request) -> Any:  # noqa: ARG002 -- webargs'
        body = whole_body(request.environ, bridge().config.server.max_body_bytes)
        return decode(body, _JSON) if body else missing


class Desk(flask_smorest.Blueprint):  # type: ignore[misc] # it is untyped
    """A part of the API: every call needs a token, and one that changes something that of an admin."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, about: str) -> None:
        super().__init__(name, __name__, url_prefix=PREFIX, description=about)
        self.before_request(_let_in)
        self.after_request(_private)

    def looks(self, path: str, answer: type[ma.Schema], asked: type[ma.Schema] | None = None) -> Callable[[View], View]:
        """Add a view that looks something up; ``asked`` is what stands in its query."""
        return self._call("GET", path, answer, asked, changes=False)

    def does(
        self, path: str, answer: type[ma.Schema], asked: type[ma.Schema], *, changes: bool = True
    ) -> Callable[[View], View]:
        """Add a view that does something; ``asked`` is its body."""
        return self._call("POST", path, answer, asked, changes=changes)

    def _call(
        self, method: str, path: str, answer: type[ma.Schema], asked: type[ma.Schema] | None, *, changes: bool
    ) -> Callable[[View], View]:
        location = "query" if method == "GET" else "json"

        def add(view: View) -> View:
            made = self.response(200, answer)(view)
            made = self.arguments(asked, location=location)(made) if asked else made
            made.changes = changes  # Flask keeps the very function, see `_let_in`
            self.route(path, methods=[method])(made)
            return view

        return add


def bridge() -> Bridge:
    """The bridge that is looked at."""
    found: Bridge = current_app.extensions["bridge"]
    return found


def who() -> str:
    """Who does something by a call, as it is written down."""
    return f"api ({g.role})"


def _let_in() -> None:
    access: Access = current_app.extensions["access"]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")  # Flask takes a token with = apart
    role = access.role(token.strip()) if scheme.lower() == "bearer" else None
    if role is None:
        title = "This token opens nothing" if scheme.lower() == "bearer" else "A token is needed"
        refuse(
            401, "unauthorized", title, "Send Authorization: Bearer and the admin_token or the read_token.", _CHALLENGE
        )
    g.role = role
    view = current_app.view_functions[request.endpoint or ""]
    if role is not Role.ADMIN and getattr(view, "changes", True):
        refuse(403, "forbidden", "This token only looks", "Changing something needs the admin_token.")
    if request.method == "POST" and request.mimetype != _JSON:
        refuse(415, "unsupported-media-type", "The body is not JSON", f"Send it as {_JSON}.")
    store = bridge().store
    if not store.migrated:  # the database may have been away until now
        store.migrate()


def _private(response: Response) -> Response:
    """No cache on the way keeps what it says of people."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

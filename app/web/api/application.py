"""The application behind ``/api/v1``, put together."""

from http import HTTPStatus

from flask import Flask
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from marshmallow import Schema
from werkzeug.routing import BaseConverter

from app.access import Access
from app.bridge import Bridge
from app.web import problems
from app.web.api import acting, events, looking, mistakes, people, trying
from app.web.api.answers import Problem
from app.web.api.browsing import browsable

_ABOUT = """\
See and steer a Contact Bridge: what arrived, what became of it, and what is to be done about it. Everything but this
description asks for `Authorization: Bearer` and the `admin_token` of the configuration, or its `read_token`, which
changes nothing. Lists come in pages: hand `next_cursor` back as `cursor`. Errors are problem details (RFC 9457)."""

_SETTINGS = {
    "API_TITLE": "Contact Bridge",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": _ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/", "description": "this bridge"}],
        "security": [{"token": []}],
    },
    "PROVIDE_AUTOMATIC_OPTIONS": False,
}


class _EventId(BaseConverter):
    """The rest of a path: whatever characters a sender's ids are made of, slashes too."""

    regex = ".+"
    weight = 200
    part_isolating = False


class _Api(Api):  # type: ignore[misc] # it is untyped
    """Errors are this house's problem details, and are described as such."""

    ERROR_SCHEMA: type[Schema] = Problem

    def _register_error_handlers(self) -> None:
        mistakes.register(self._app)

    def _register_responses(self) -> None:
        for name, words in [("DEFAULT_ERROR", "A problem"), *((each.name, each.phrase) for each in HTTPStatus)]:
            response = {"description": words, "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, "application/problem+json")
            self.spec.components.response(name, response, lazy=True)


def make(bridge: Bridge, access: Access) -> Flask:
    """Return the application."""
    app = Flask(__name__, static_folder=None)
    app.config |= _SETTINGS
    app.config["MAX_CONTENT_LENGTH"] = bridge.config.server.max_body_bytes + 1
    app.url_map.merge_slashes = False
    app.url_map.converters["event_id"] = _EventId
    app.json.sort_keys = False  # type: ignore[attr-defined] # of the provider that Flask comes with
    app.extensions |= {"bridge": bridge, "access": access}
    problems.register(app)
    api = _Api(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in (events.blueprint, people.blueprint, looking.blueprint, acting.blueprint, trying.blueprint):
        api.register_blueprint(blueprint)
    app.register_blueprint(browsable(api))
    return app

"""What goes wrong with a call, as problem details: each mistake with the place where it stands."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import Flask, Response, abort
from werkzeug.exceptions import HTTPException

from app.errors import BridgeError, KeyMissingError, PersonBusyError, StoreUnavailableError, UsageError
from app.web.problems import RETRY_AFTER_SECONDS, problem

_AGAIN = {"Retry-After": str(RETRY_AFTER_SECONDS)}
_TITLES = {400: "The request cannot be read", 422: "Something in the request is wrong"}


def register(app: Flask) -> None:
    """Answer what these calls raise; everything else is answered as in the rest of the house."""
    app.register_error_handler(400, _unprocessable)
    app.register_error_handler(422, _unprocessable)
    for error, answer in _ANSWERS.items():
        app.register_error_handler(error, answer)


def not_found(what: str) -> NoReturn:
    """Answer 404, with what there is not."""
    abort(problem(404, "not-found", "There is no such thing", what))


def refuse(status: int, kind: str, title: str, detail: str = "", headers: Mapping[str, str] | None = None) -> NoReturn:
    """Answer with a problem."""
    abort(problem(status, kind, title, detail, headers))


def wrong(places: Mapping[str, str]) -> NoReturn:
    """Answer 422: ``places`` says by JSON pointer what is wrong there."""
    errors = [{"detail": words, "pointer": f"#{pointer}"} for pointer, words in places.items()]
    abort(problem(422, "invalid", _TITLES[422], errors=errors))


def _unprocessable(error: HTTPException) -> Response:
    status = error.code or 422
    found = getattr(error, "data", {}).get("messages", {})
    errors = [each for location, messages in found.items() for each in _errors(location, messages, "")]
    more: dict[str, Any] = {"errors": errors} if errors else {}
    return problem(status, "invalid", _TITLES[status], **more)


def _errors(location: str, messages: Any, place: str) -> Iterator[dict[str, str]]:
    """Yield each message of a marshmallow schema, with the parameter or the JSON pointer of what it is about."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _errors(location, inner, place if name == "_schema" else f"{place}/{name}")
        return
    for message in messages:
        where = {"pointer": f"#{place}"} if location == "json" else {"parameter": place.strip("/").partition("/")[0]}
        yield {"detail": str(message), **where}


def _usage(error: BridgeError) -> Response:
    return problem(422, "not-possible", "This cannot be done", str(error))


def _busy(error: BridgeError) -> Response:
    return problem(409, "busy", "This person is busy", str(error), _AGAIN)


def _key_missing(error: BridgeError) -> Response:
    return problem(409, "key-missing", "An encryption key is missing", str(error))


def _unavailable(error: BridgeError) -> Response:  # noqa: ARG001 -- the driver's words are for the log
    return problem(503, "unavailable", "The database cannot be used now", "Try again later.", _AGAIN)


_ANSWERS = {
    UsageError: _usage,
    PersonBusyError: _busy,
    KeyMissingError: _key_missing,
    StoreUnavailableError: _unavailable,
}

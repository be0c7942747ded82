"""Errors as problem details (RFC 9457): ``type, title, status, detail`` as ``application/problem+json``."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.errors import (
    BridgeError,
    NoContactError,
    PayloadError,
    StoreUnavailableError,
    UnknownSourceError,
    UnsupportedMediaError,
    VerificationError,
)

log = structlog.get_logger()

RETRY_AFTER_SECONDS = 5

_KINDS: Mapping[type[BridgeError], tuple[int, str, str]] = {
    PayloadError: (400, "unreadable-body", "The body cannot be read"),
    VerificationError: (401, "not-genuine", "The webhook is not genuine"),
    UnknownSourceError: (404, "no-such-source", "There is no such source"),
    UnsupportedMediaError: (415, "unsupported-media-type", "The body is neither JSON nor a form"),
    NoContactError: (422, "no-contact", "No contact can be made of this"),
    StoreUnavailableError: (503, "unavailable", "The event cannot be kept now"),
}
_DETAILS: Mapping[type[BridgeError], str] = {
    VerificationError: "The signature or the secret is missing or wrong.",
    UnknownSourceError: "Check the address: /hooks/ and the name of a configured source.",
    StoreUnavailableError: "Nothing was kept. Send it again later.",
}
_TITLES = {
    404: "There is nothing here",
    405: "This method is not allowed here",
    413: "The body is too large",
    500: "Something went wrong here",
}


def problem(
    status: int, kind: str, title: str, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Return a problem-details answer; ``kind`` becomes the ``type`` reference, ``more`` is said besides."""
    document = {"type": f"urn:contact-bridge:problem:{kind}", "title": title, "status": status, **more}
    if detail:
        document["detail"] = detail
    return Response(json.dumps(document), status, headers, mimetype="application/problem+json")


def register(app: Flask) -> None:
    """Answer every error with problem details; a sender never learns why a signature failed."""
    app.register_error_handler(BridgeError, _bridge_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)


def _bridge_error(error: BridgeError) -> Response:
    for cls, (status, kind, title) in _KINDS.items():
        if isinstance(error, cls):
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else None
            return problem(status, kind, title, _DETAILS.get(cls) or str(error), headers)
    return _bug(error)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    title = _TITLES.get(status, error.name)
    return problem(status, error.name.lower().replace(" ", "-"), title, headers=headers)


def _bug(error: Exception) -> Response:
    log_bug(error)
    return problem(500, "bug", _TITLES[500])


def log_bug(error: Exception) -> None:
    """Log where an error comes from that nobody raised on purpose."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    log.error("bug", error=type(error).__name__, where=where, path=request.endpoint)  # never the message: it may quote

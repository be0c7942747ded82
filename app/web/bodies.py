"""Reading a request's body: whole, or not at all."""

from collections.abc import Mapping
from typing import Any

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import PayloadError


def whole_body(environ: Mapping[str, Any], most: int) -> bytes:
    """Return the whole body. gunicorn reads it only now, and takes one that ends too soon for complete.

    It is read as gunicorn gives it, which ends where the request does (other servers say how long it is): what Flask
    puts around it costs as much as verifying a signature. Raises `RequestEntityTooLarge`, and `PayloadError` where it
    ends too soon.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    announced = int(length) if length.isdecimal() else 0
    if announced > most:
        raise RequestEntityTooLarge
    try:
        body: bytes = environ["wsgi.input"].read(most + 1 if environ.get("wsgi.input_terminated") else announced)
    except (ParseException, OSError):
        raise PayloadError("the body ended too soon, or its chunks are broken") from None
    if len(body) > most:
        raise RequestEntityTooLarge
    if len(body) < announced:
        raise PayloadError("the body ended too soon")
    return body

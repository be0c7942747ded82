"""Reading a request's body: whole, or not at all."""

from flask import request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import PayloadError


def whole_body(most: int) -> bytes:
    """Return the whole body. gunicorn reads it only now, and takes one that ends too soon for complete.

    Raises `RequestEntityTooLarge`, and `PayloadError` where it ends too soon.
    """
    try:
        body = request.get_data(cache=False, parse_form_data=False)
    except (ParseException, OSError):
        raise PayloadError("the body ended too soon, or its chunks are broken") from None
    if len(body) > most:
        raise RequestEntityTooLarge
    if len(body) < (request.content_length or 0):
        raise PayloadError("the body ended too soon")
    return body

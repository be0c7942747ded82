"""From the bytes of a body to plain data: JSON, a token, a form of either kind, whatever the content type claims."""

import io
import json
import re
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from app.errors import PayloadError, UnsupportedMediaError

Payload = Any  # what JSON can say: dict, list, str, int, float, bool, None

_MAX_FIELDS = 2_000
_MAX_NESTING = 12
_TOKEN = re.compile(r"ey[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)  # ey is base64 for the brace that opens the header


def _refuse_constant(name: str) -> None:
    raise PayloadError(f"the body is not JSON: {name} is no JSON number")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def decode(body: bytes, content_type: str = "") -> Payload:
    """Return the payload in ``body``.

    JSON is recognised by its first character, for senders whose content type lies, and a JSON Web Token
    by its shape: its claims are the payload (whether they are genuine is another question).
    Raises `PayloadError` (unreadable) or `UnsupportedMediaError` (neither JSON nor a form).
    """
    media_type, options = parse_options_header(content_type)
    if media_type == "multipart/form-data":
        return _multipart(body, options.get("boundary", ""))
    text = _text(body)
    start = text.lstrip()[:1]
    if not start:
        raise PayloadError("the body is empty")
    if _TOKEN.fullmatch(text.strip()):
        return _json(_claims(text))
    if start in "{[" or media_type.endswith(("/json", "+json")):
        return _json(text)
    if media_type == "application/x-www-form-urlencoded":
        return _form(text)
    raise UnsupportedMediaError("send JSON or a form (application/json, application/x-www-form-urlencoded)")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PayloadError(f"the body is not UTF-8 text (byte {error.start})") from None


def _json(text: str) -> Payload:
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise PayloadError(f"the body is not JSON: {error.msg} at character {error.pos}") from None
    except (RecursionError, ValueError):  # nested too deep, or an integer of thousands of digits
        raise PayloadError("the body is not JSON that can be read: too deep or too large") from None


def _claims(token: str) -> str:
    middle = token.split(".")[1]
    try:
        return _text(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except ValueError:
        raise PayloadError("the token cannot be read: its claims are not base64") from None


def _form(text: str) -> Payload:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise PayloadError("the form cannot be read: not UTF-8, or too many fields") from None
    return nested(pairs)


def _multipart(body: bytes, boundary: str) -> Payload:
    if not boundary:
        raise PayloadError("the multipart body has no boundary")
    try:
        parser = MultiPartParser(
            stream_factory=_in_memory,
            max_form_memory_size=len(body) + 1,
            max_form_parts=_MAX_FIELDS,
        )
        form, files = parser.parse(io.BytesIO(body), boundary.encode("latin-1"), len(body))
    except (ValueError, UnicodeError, OSError, RecursionError, LookupError):
        raise PayloadError("the multipart body cannot be read") from None
    except Exception as error:  # werkzeug answers an oversized form with an HTTP exception of its own
        raise PayloadError("the multipart body cannot be read") from error
    uploads = [(key, file.filename or "") for key, file in files.items(multi=True)]
    return nested([*form.items(multi=True), *uploads])


def _in_memory(*_: object, **__: object) -> io.BytesIO:
    """Where uploads go: the body is in memory anyway, and werkzeug's own choice leaves temporary files open."""
    return io.BytesIO()


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Turn form fields into a dictionary: ``a[b]=1`` nests, a repeated name becomes a list (as PHP and Rack do)."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        keys = _keys(name)
        place: Any = root
        for key in keys[:-1]:
            inside = place.get(key)
            if not isinstance(inside, dict):
                inside = {} if inside in (None, "") else {"": inside}
                place[key] = inside
            place = inside
        _put(place, keys[-1], value)
    return root


def _keys(name: str) -> list[str]:
    if not name.endswith("]"):
        return [name]
    match = re.fullmatch(r"([^\[\]]+)((?:\[[^\[\]]*\])+)", name)
    if not match or name.count("[") > _MAX_NESTING:
        return [name]
    keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    return keys[:-1] if keys[-1] == "" else keys


def _put(place: dict[str, Any], key: str, value: str) -> None:
    if key not in place:
        place[key] = value
    elif isinstance(place[key], list):
        place[key].append(value)
    elif isinstance(place[key], dict):
        _put(place[key], "", value)
    else:
        place[key] = [place[key], value]

"""What proxies and middleware do to a webhook, undone: its body and address as they may have been sent."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

_BOM = b"\xef\xbb\xbf"
_LAYOUTS: dict[str, dict[str, Any]] = {
    "compact": {"separators": (",", ":")},
    "with a blank after each comma and colon": {},
    "indented by 2": {"indent": 2},
    "indented by 4": {"indent": 4},
}
_JSON = "something on the way re-encoded the JSON (the sender's was {}): pass the raw bytes on"
_FORM = "something on the way re-encoded the form fields: pass the raw bytes on"
_MOST_FIELDS = 2_000
_MOST_LEVELS = 16  # indenting what nests deeper makes a small body huge


def bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Give what happened, in words, and the body as it may have been before. Raises nothing."""
    yield from _edges(body)
    yield from _charsets(body)
    yield from _json(body)
    yield from _form(body)


def _edges(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "a line break at the end was taken off on the way", body + b"\n"
    yield "a line break at the end was taken off on the way", body + b"\r\n"
    yield "a line break at the end was added on the way", body.removesuffix(b"\n").removesuffix(b"\r")
    yield "blanks or line breaks at the ends were added on the way", body.strip()
    yield "a byte order mark was added on the way", body.removeprefix(_BOM)
    yield "a byte order mark was taken off on the way", _BOM + body
    yield (
        "line breaks were turned from CRLF to LF on the way",
        body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    )
    yield "line breaks were turned from LF to CRLF on the way", body.replace(b"\r\n", b"\n")
    if body:
        yield "the sender sent no body; one was put in on the way", b""


def _charsets(body: bytes) -> Iterator[tuple[str, bytes]]:
    if body.isascii():
        return
    words = "the text was converted from {} on the way"
    for charset, name in (("latin-1", "Latin-1 to UTF-8"), ("cp1252", "Windows-1252 to UTF-8")):
        try:
            yield words.format(name), body.decode().encode(charset)
        except UnicodeError:
            continue
    yield words.format("UTF-8 to Latin-1"), body.decode("latin-1").encode()


def _json(body: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not _nests_within(payload, _MOST_LEVELS):
        return
    for layout, escaped, ordered in product(_LAYOUTS, (False, True), (False, True)):
        words = layout + (", with \\u escapes" if escaped else "") + (", with sorted keys" if ordered else "")
        dumped = json.dumps(payload, ensure_ascii=escaped, sort_keys=ordered, **_LAYOUTS[layout])
        text = dumped.encode("utf-8", "surrogatepass")
        slashed = text.replace(b"/", b"\\/")  # a slash in JSON stands only in text, and PHP escapes it
        yield _JSON.format(words), text
        yield _JSON.format(f"{words}, with a line break at the end"), text + b"\n"
        if slashed != text and not ordered:
            yield _JSON.format(f"{words}, with escaped slashes, as PHP writes it"), slashed


def _nests_within(payload: Any, levels: int) -> bool:
    children = payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ()
    return levels > 0 and all(_nests_within(child, levels - 1) for child in children)


def _form(body: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        return
    if not pairs:
        return
    for via, safe in product((quote_plus, quote), ("", "[]", "*", "[]@:/,")):
        text = urlencode(pairs, quote_via=via, safe=safe).encode()
        yield _FORM, text
        yield _FORM, re.sub(rb"%[0-9A-F]{2}", lambda code: code[0].lower(), text)


def urls(url: str) -> Iterator[tuple[str, str]]:
    """The same for the address, for senders that sign it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return
    other = "http" if parts.scheme == "https" else "https"
    path = parts.path.rstrip("/") if parts.path.endswith("/") else parts.path + "/"
    yield f"the sender was given {other}://", urlunsplit(parts._replace(scheme=other))
    yield "a slash at the end", urlunsplit(parts._replace(path=path))
    yield "its query", urlunsplit(parts._replace(query=""))
    if port and parts.hostname:
        yield "its port", urlunsplit(parts._replace(netloc=parts.hostname))

"""How a secret goes wrong between the sender's page and the configuration."""

import html
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

Repair = Callable[[str], str]

_PREFIXES = ("whsec_", "Bearer ")
_ENDS = {"\n": "a line break", "\r\n": "a line break", " ": "a blank"}


def slips() -> Iterator[tuple[str, Repair]]:
    """Give each slip in words (after "the secret here") and what would put it right."""
    yield "begins or ends with a blank or a line break", str.strip
    yield "is wrapped in quotes", lambda secret: secret.strip().strip("\"'“”`")
    yield "contains blanks or line breaks", lambda secret: "".join(secret.split())
    for end, name in _ENDS.items():
        yield f"lacks {name} that stands at the end of the sender's", _followed_by(end)
    yield "lacks the quotes that the sender's is wrapped in", lambda secret: f'"{secret}"'
    for prefix in _PREFIXES:
        yield f"must be without “{prefix.strip()}”", _without(prefix)
        yield f"lacks “{prefix.strip()}” in front", _after(prefix)
    yield "holds HTML entities (&amp;) for plain characters", html.unescape
    yield "holds plain characters for HTML entities (&amp;)", html.escape
    yield "is percent-encoded", unquote
    yield "is percent-encoded at the sender", lambda secret: quote(secret, safe="", errors="surrogatepass")
    yield "has capital letters that the sender's has not", str.lower


def _followed_by(end: str) -> Repair:
    return lambda secret: secret + end


def _after(prefix: str) -> Repair:
    return lambda secret: prefix + secret


def _without(prefix: str) -> Repair:
    return lambda secret: secret.removeprefix(prefix)

"""What the contacts API answers, and what each answer means."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from app.errors import (
    ConflictError,
    DownError,
    KeyRefusedError,
    PermanentError,
    RateLimitedError,
    TemporaryError,
    UnknownOutcomeError,
    UpstreamError,
)

_EXISTS = re.compile(r"already (exist|taken|in use|registered)|duplicate|must be unique", re.IGNORECASE)
_SHORTEST = 8  # characters of a secret: what is shorter is nothing that was given out, and in many words
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)  # so that a wait from a moment later is still a date
_KINDS: Mapping[int, type[UpstreamError]] = {
    401: KeyRefusedError,
    403: KeyRefusedError,
    408: TemporaryError,
    409: ConflictError,
    425: TemporaryError,
    429: RateLimitedError,
}


@dataclass(frozen=True)
class Answer:
    """What came back for one request."""

    status: int
    headers: Mapping[str, str]
    text: str

    def without(self, secret: str) -> "Answer":
        """Return the same answer where it does not repeat a key or token, which would bring it into the database."""
        return replace(self, text=self.text.replace(secret, "(secret)")) if len(secret) >= _SHORTEST else self


def judge(answer: Answer, *, repeatable: bool, now: datetime) -> Any:
    """Return the JSON of a good answer; raise the `UpstreamError` that a bad one means.

    ``repeatable``: the request may be sent again without harm, so it does not matter whether it was carried out.
    """
    if 200 <= answer.status < 300:
        return None if repeatable and not answer.text.strip() else _json(answer.text, repeatable=repeatable)
    said = _message(answer.text)
    message = f"the upstream answered {answer.status}: {said}" if said else f"the upstream answered {answer.status}"
    if 300 <= answer.status < 400:
        message += "; a redirect is not followed: check upstream.base_url"
    kind = _kind(answer.status, said, repeatable=repeatable)
    raise kind(message, status=answer.status, retry_after=retry_after(answer.headers.get("Retry-After"), now))


def _json(text: str, *, repeatable: bool) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        message = "the upstream answered with something that is not JSON"
        raise (TemporaryError(message) if repeatable else UnknownOutcomeError(message)) from None


def _kind(status: int, said: str, *, repeatable: bool) -> type[UpstreamError]:
    if status in _KINDS:
        return _KINDS[status]
    if status >= 500 or status < 400:  # it may have been carried out before something broke or led elsewhere
        return DownError if repeatable else UnknownOutcomeError
    if status in (400, 422) and _EXISTS.search(said):
        return ConflictError
    return PermanentError


def _message(text: str) -> str:
    """The upstream's own words: what its JSON calls message, detail or error, else the start of the text."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = "" if text.lstrip().startswith("<") else " ".join(text.split())[:200]
    if isinstance(answer, dict):
        for name in ("message", "detail", "error", "errors", "title"):
            if answer.get(name):
                answer = answer[name]
                break
    said = answer if isinstance(answer, str) else json.dumps(answer)
    return "".join(c if c.isprintable() else " " for c in said)[:500]  # no database refuses it


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, in seconds or as a date, as seconds from ``now``."""
    if value is None:
        return None
    value = value.strip()
    if value.isdecimal() and value.isascii() and len(value) < 10:
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return max(0.0, (min(date, _LATEST) - now).total_seconds())

"""JSON log lines on standard output. What concerns an event carries its id; nothing carries a person."""

import contextlib
import json
import logging
import os
import threading
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

_STDOUT = 1

log = structlog.get_logger()


def configure() -> None:
    """Log one JSON object a line: ``time, level, message`` and what was bound; other libraries' warnings too."""
    structlog.configure(
        processors=[_line],
        logger_factory=_Output,
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Library()], force=True)
    threading.excepthook = _thread_failed


def _line(_: Any, level: str, fields: MutableMapping[str, Any]) -> bytes:
    """All in one step, for every webhook pays for it."""
    message = fields.pop("event")
    line = {"time": datetime.now(UTC).isoformat(), "level": level, "message": message, **fields}
    return json.dumps(line, default=str).encode()


class _Output:
    """Writes a line in one piece, so that the lines of several processes never mix.

    A full disk or a reader that left costs the line, never the request that it is about.
    """

    def write(self, line: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(_STDOUT, line + b"\n")

    info = warning = error = critical = write


class _Library(logging.Handler):
    """What gunicorn, urllib3 and others warn of: their words without the values, which may quote a request."""

    def emit(self, record: logging.LogRecord) -> None:
        words = str(record.msg)
        if isinstance(record.args, tuple) and all(isinstance(value, int) for value in record.args):
            words = record.getMessage()  # process numbers and statuses
        error = record.exc_info[0] if record.exc_info else None
        more = {"error": error.__name__} if error else {}
        log.log(record.levelno, words.strip(), logger=record.name, **more)


def _thread_failed(hook: threading.ExceptHookArgs) -> None:
    log.error("bug", error=hook.exc_type.__name__, thread=hook.thread.name if hook.thread else "")

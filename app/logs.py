"""JSON log lines on standard output. What concerns an event carries its id; nothing carries a person."""

import json
import re
import sys
from typing import Any

import structlog

from app.webhook import digest

_PERSONAL = re.compile(r"@|^\+?[\d\s().-]{7,}$")


def configure() -> None:
    """Log one JSON object a line: ``time, level, message`` and what was bound."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        cache_logger_on_first_use=True,
    )


def _dumps(value: Any, **_: Any) -> bytes:
    return json.dumps(value, default=str).encode()


def loggable(event_id: str) -> str:
    """Return an event id as a log may hold it: one that looks like an address or a phone number is hashed.

    A relay's ``event_id`` is whatever its user chose, an e-mail address too.
    """
    return digest(event_id.encode("utf-8", "replace")) if _PERSONAL.search(event_id) else event_id

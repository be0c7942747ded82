"""What the sandbox received: the last requests, with what was answered. API keys are not kept."""

import json
from collections import deque
from dataclasses import dataclass
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl

KEPT = 10_000  # requests
_KEPT_OF_A_BODY = 64 * 1024  # bytes


@dataclass
class Received:
    """One request. ``status`` is None as long as nothing was answered; ``fault`` is the kind that struck."""

    at: str
    method: str
    path: str
    query_string: str
    raw: bytes
    idempotency_key: str | None
    status: int | None = None
    fault: str | None = None

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def body(self) -> Any:
        """The decoded JSON; text if it is none; None if the body is empty."""
        try:
            return json.loads(self.raw) if self.raw else None
        except (ValueError, RecursionError):
            return self.raw.decode(errors="replace")

    def answer(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "body": self.body,
            "idempotency_key": self.idempotency_key,
            "status": self.status,
            "fault": self.fault,
        }


class Requests:
    """The last requests, oldest first, and how many there were in all."""

    def __init__(self, lock: RLock) -> None:
        self._lock = lock
        self._last: deque[Received] = deque(maxlen=KEPT)
        self.total = 0

    def add(self, received: Received) -> None:
        received.raw = received.raw[:_KEPT_OF_A_BODY]
        with self._lock:
            self._last.append(received)
            self.total += 1

    def all(self) -> list[Received]:
        with self._lock:
            return list(self._last)

    def clear(self) -> None:
        with self._lock:
            self._last.clear()
            self.total = 0

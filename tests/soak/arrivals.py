"""When which request came to the stand-in upstream, and whom it named: one JSON object a line."""

import json
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.soak.people import Identities

_MINUTE_SECONDS = 60.0
_GRACE_SECONDS = 1.0  # a token of the minute before may be on its way still
_KINDS = ("user_id", "email", "phone")


class Arrivals:
    """Writes them down as they come. ``at`` is monotonic, as all processes of a machine have it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, at: float, target: str, body: bytes) -> None:
        os.write(self._file, json.dumps({"at": at, "named": _named(target, body)}).encode() + b"\n")


def _named(target: str, body: bytes) -> list[tuple[str, str]]:
    asked: Any = json.loads(body) if body else {"channel": dict(parse_qsl(urlsplit(target).query))}
    channels = asked.get("channels") or [asked.get("channel", {})]
    return [(kind, channel[kind]) for channel in channels for kind in _KINDS if channel.get(kind)]


def read(path: Path) -> Iterator[tuple[float, Identities]]:
    """Yield when each came, and whom it named."""
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        yield entry["at"], frozenset((kind, value) for kind, value in entry["named"])


def most_in_a_minute(times: Sequence[float], leaps: Sequence[float]) -> tuple[int, int]:
    """Return how many came within any 60 seconds at the most: for sure, and with those that may belong elsewhere.

    Where the clock leaps forward a new minute begins for whoever goes by it, so no minute reaches over a leap. What
    comes in the first second after one may still have been granted before it.
    """
    ordered = sorted(times)
    edges = [float("-inf"), *sorted(leaps), float("inf")]
    counted = [
        [_most(ordered, begin + grace, end) for begin, end in pairwise(edges)] for grace in (_GRACE_SECONDS, 0.0)
    ]
    return max(counted[0]), max(counted[1])


def _most(ordered: Sequence[float], begin: float, end: float) -> int:
    some = ordered[bisect_right(ordered, begin) : bisect_right(ordered, end)]
    return max((n + 1 - bisect_right(some, at - _MINUTE_SECONDS, 0, n + 1) for n, at in enumerate(some)), default=0)

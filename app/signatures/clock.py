"""Is a signed timestamp near enough to now? Both ways, so that nobody stores up webhooks for later."""

from datetime import datetime
from typing import Literal

from app.errors import Cause, VerificationError

Unit = Literal["s", "ms"]

_UNITS: dict[Unit, int] = {"s": 1, "ms": 1000}
_MOST_DIGITS = 16
_YEAR = 365 * 86_400


def stamp(now: datetime, unit: Unit = "s") -> str:
    """Write ``now`` as a sender does: whole seconds or milliseconds since 1970."""
    return str(int(now.timestamp() * _UNITS[unit]))


def read_stamp(text: str, header: str, unit: Unit = "s") -> float:
    """Return the seconds since 1970. Raises `VerificationError` unless ``text`` is plain ASCII digits."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise VerificationError(Cause.HEADER_MALFORMED, f"the timestamp in {header} is not a whole number")
    return int(text) / _UNITS[unit]


def check_age(seconds: float, now: datetime, tolerance: int) -> None:
    """Raise `VerificationError` if ``seconds`` since 1970 are more than ``tolerance`` from ``now``."""
    age = now.timestamp() - seconds
    if age > tolerance:
        raise VerificationError(
            Cause.TIMESTAMP_TOO_OLD,
            f"the signature is right, but {span(age)} old; {span(tolerance)} are allowed: {_advice(age)}",
        )
    if age < -tolerance:
        raise VerificationError(
            Cause.TIMESTAMP_AHEAD,
            f"the signature is right, but {span(-age)} ahead; {span(tolerance)} are allowed: {_advice(age)}",
        )


def _advice(age: float) -> str:
    if abs(age) > _YEAR:
        return "it may be a replay, or the sender counts in another unit (seconds, milliseconds)"
    return "it was held up or replayed, or a clock is wrong (here or at the sender)"


def span(seconds: float) -> str:
    """A length of time in words: ``90 seconds``, ``12 minutes``, ``5 hours``, ``3 days``."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"

"""What the times at which requests arrived upstream say: how fast, and how much of a rate limit was used."""

from collections.abc import Sequence

_WINDOW_SECONDS = 60.0


def rate(arrivals: Sequence[float]) -> float:
    """Return the arrivals a second, without the first tenth, in which a process may warm up."""
    steady = arrivals[len(arrivals) // 10 :]
    return (len(steady) - 1) / (steady[-1] - steady[0])


def most_in_a_window(arrivals: Sequence[float], seconds: float = _WINDOW_SECONDS) -> int:
    """Return the most arrivals in any ``seconds``; ``arrivals`` are in order."""
    most = first = 0
    for last, at in enumerate(arrivals):
        while arrivals[first] <= at - seconds:
            first += 1
        most = max(most, last + 1 - first)
    return most


def used(arrivals: Sequence[float], limit: int, seconds: float) -> float:
    """Return how much of a limit a minute was used, 1 being all: over as many whole limits as have arrived,
    or where less than one has, over the ``seconds`` in which it could."""
    whole = (len(arrivals) - 1) // limit
    if whole < 1:
        return len(arrivals) * _WINDOW_SECONDS / seconds / limit
    return whole * _WINDOW_SECONDS / (arrivals[limit * whole] - arrivals[0])

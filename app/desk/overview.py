"""How things are going: what came when and what became of it, and who went quiet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.config.model import Config
from app.store import Store
from app.webhook import EventStatus

SPANS = {"day": (timedelta(hours=1), 24), "month": (timedelta(days=1), 30)}


@dataclass(frozen=True)
class Span:
    """An hour or a day: how many events came in it, by what became of them."""

    start: datetime
    delivered: int = 0
    ignored: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def accepted(self) -> int:
        return self.delivered + self.ignored + self.failed + self.waiting


def history(store: Store, now: datetime, length: str = "day") -> list[Span]:
    """Return the last 24 hours, or with "month" the last 30 days, oldest first; the last one is not over yet."""
    step, count = SPANS[length]
    end = now.replace(minute=0, second=0, microsecond=0)
    end = (end.replace(hour=0) if step >= timedelta(days=1) else end) + step
    borders = [end - step * number for number in range(count, -1, -1)]
    counted = store.browsing.counts_between(borders)
    return [
        Span(
            start, found.get(EventStatus.DELIVERED, 0), found.get(EventStatus.IGNORED, 0),
            found.get(EventStatus.FAILED, 0), found.get(EventStatus.RECEIVED, 0) + found.get(EventStatus.PENDING, 0),
        )
        for start, found in zip(borders, counted, strict=False)
    ]  # fmt: skip


@dataclass(frozen=True)
class Quiet:
    """A source that says nothing for longer than is usual for it."""

    source: str
    since: datetime


def quiet(config: Config, store: Store, now: datetime) -> list[Quiet]:
    """Return the sources that have gone quiet against their own habit."""
    hours = getattr(store, "hours", None)
    if hours is None:
        return []
    found = ((name, hours.quiet(name, now)) for name in config.sources)
    return [Quiet(name, since) for name, since in found if since]

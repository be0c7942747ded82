"""What is wrong now, with what to do about it: the same words at the command line and on the console."""

from dataclasses import dataclass
from datetime import datetime

from app.alerts.message import advised, page_of
from app.alerts.troubles import troubles
from app.config.model import Config
from app.store import Store


@dataclass(frozen=True)
class Wrong:
    """Something that is wrong. ``path`` is that of the console's page about it; ``page`` its whole address, where that
    is configured. ``told_at`` is when somebody was told of it."""

    kind: str
    subject: str
    since: datetime
    words: str
    what_to_do: str
    path: str
    page: str | None
    told_at: datetime | None


def wrong(config: Config, store: Store, now: datetime) -> list[Wrong]:
    """Return what is wrong now; nobody is named. Raises `StoreUnavailableError`."""
    known = {alert.key: alert for alert in store.alerts.all()}
    found = []
    for trouble in troubles(config, store, now):
        alert = known.get(trouble.key)
        since, told_at = (alert.since, alert.told_at) if alert else (trouble.since, None)
        advice, page = advised(trouble, config)
        found.append(
            Wrong(trouble.kind, trouble.subject, since, trouble.words, advice, page_of(trouble), page, told_at)
        )
    return found

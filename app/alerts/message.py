"""What is said of an alert: what is wrong, since when, what to do about it, and where to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.access import Access
from app.alerts import troubles
from app.config.model import Config
from app.store import Alert, Trouble

# By kind: what to do (about a subject), and the page of the console.
_ADVICE = {
    troubles.FAILED: (
        """see them with `contact-bridge events --status failed`; when it is put right, `contact-bridge replay \
--status failed` tries them again, and `contact-bridge ignore` marks what nobody needs any more""",
        "/console/events?status=failed",
    ),
    troubles.KEY_REFUSED: (
        "its events are kept and wait; put a key that works into orgs.{subject}.api_key and restart the bridge",
        "/console/",
    ),
    troubles.DOWN: (
        "nothing, if it comes back by itself: events are kept; `contact-bridge events --status pending` lists them",
        "/console/",
    ),
    troubles.WAITING: (
        """`contact-bridge events --status pending` says of each why it waits; `--status received` has what is not \
mapped yet""",
        "/console/events?status=pending",
    ),
    troubles.QUIET: (
        """see at the sender whether its webhook is still switched on, and its address right; `contact-bridge events \
--source {subject}` shows what came last""",
        "/console/sources/{subject}",
    ),
    troubles.REFUSALS: (
        """compare the secret at the sender with that of sources.{subject}; the bridge's log says more (`refused`). \
Genuine webhooks are refused until then, and senders give up after a while""",
        "/console/sources/{subject}",
    ),
}


@dataclass(frozen=True)
class Message:
    """One message: ``state`` is begun, more, over or test. ``title`` and ``text`` are for people, ``facts`` for
    programs. Nothing in it is personal data or secret.
    """

    state: str
    title: str
    text: str
    facts: Mapping[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        """The JSON that a webhook gets."""
        return {"type": f"alert.{self.state}", **self.facts, "title": self.title, "text": f"{self.title}\n{self.text}"}


def message(alert: Alert, config: Config) -> Message:
    """Return what is to be told of an alert that began, grew or is over."""
    if alert.over_at:
        return _over(alert, alert.over_at)
    state = "begun" if alert.told_at is None else "more"
    advice, page = advised(alert, config)
    lines = [f"Since {_at(alert.since)}.", f"What to do: {advice}.", *([f"See {page}"] if page else [])]
    facts = {**_facts(alert), "what_to_do": advice, "page": page}
    return Message(state, _titled(alert.words), "\n".join(lines), facts)


def advised(trouble: Trouble, config: Config) -> tuple[str, str | None]:
    """Return what to do about a trouble, and the address of the console's page, if there is a console."""
    advice, server = _ADVICE[trouble.kind][0].format(subject=trouble.subject), config.server
    return advice, f"{server.public_url}{page_of(trouble)}" if server.public_url and Access(server).enabled else None


def page_of(trouble: Trouble) -> str:
    """Return the path of the console's page about a trouble."""
    return _ADVICE[trouble.kind][1].format(subject=trouble.subject)


def trial(now: datetime) -> Message:
    """Return a message that says that messages arrive."""
    return Message("test", _titled("this is a test"), "Alerts arrive here.", {"at": now.isoformat()})


def _over(alert: Alert, over_at: datetime) -> Message:
    lasted = _span(over_at - alert.since)
    facts = {**_facts(alert), "over_at": over_at.isoformat(), "seconds": int((over_at - alert.since).total_seconds())}
    text = f"From {_at(alert.since)} to {_at(over_at)}: {lasted}."
    return Message("over", _titled(f"over after {lasted}: {alert.words}"), text, facts)


def _facts(alert: Alert) -> dict[str, Any]:
    return {"kind": alert.kind, "subject": alert.subject, "words": alert.words, "since": alert.since.isoformat()}


def _titled(words: str) -> str:
    return f"Contact Bridge: {words}"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _span(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"

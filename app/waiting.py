"""Why an event waits: told alike by every command that shows events."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from app.config.model import Config
from app.contact import Meaning
from app.store import EVERYBODY, Hold, OrgState, Pause, RateLimit, Store
from app.webhook import EventStatus

NOBODY = "no delivery process is running: start `contact-bridge serve` (or `deliver`)"
_BUSY = "an event of this person is being delivered at this moment"
_RESTING = "nobody knows whether a request about this person was carried out: it is waited for, then they are looked up"
_OURS = ("id", "person_id", "busy", "uncertain")  # what `EventLog.events` tells besides, for the desk and these words
_WORDS = {
    Hold.DOWN: "the upstream of {org} is down",
    Hold.KEY_REFUSED: "the API key of {org} is refused",
    Hold.LIMITED: "the upstream told everybody to wait",
}


class Waiting:
    """What holds events at a moment; each thing is read from the store when it is first needed."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self._config, self._store, self._now = config, store, now

    def told(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return an event as `EventLog.events` gives it, with ``waits_because``: None unless it waits."""
        plain = {name: value for name, value in event.items() if name not in _OURS}
        return {**plain, "waits_because": self.why(event)}

    def why(self, event: Mapping[str, Any]) -> str | None:
        """Return why an event waits; None if it does not, or if it is its turn."""
        if event["status"] == EventStatus.RECEIVED:
            return self._idle
        if event["status"] != EventStatus.PENDING:
            return None
        thin = not event["contact"]  # its sender is asked first, whatever the upstream does
        return _joined([*self._stopped(event), *([] if thin else self._held(event["org"]))]) or self._own(event)

    def held(self, org: str, source: str) -> str | None:
        """Return what holds whatever comes for an org and of a source, or None."""
        return _joined([*self._paused(org, source), *self._held(org)])

    def _stopped(self, event: Mapping[str, Any]) -> Iterator[str]:
        if event["org"] not in self._config.orgs:
            yield f"the org {event['org']} is not configured"
        yield from self._paused(event["org"], event["source"])
        if self._idle:
            yield self._idle

    def _paused(self, org: str, source: str) -> Iterator[str]:
        for pause in self._pauses:
            if (pause.kind, pause.name) in (("org", org), ("source", source)):
                yield f"the {pause.kind} {pause.name} is paused"

    def _held(self, org: str) -> Iterator[str]:
        for name in (org, EVERYBODY):
            if state := self._holds.get(name):
                trouble = f"{_WORDS[state.hold].format(org=org)} since {_at(state.since)} ({state.reason})"
                yield f"{trouble}; next try {self._when(state.probe_at)}"

    def _own(self, event: Mapping[str, Any]) -> str | None:
        """What is in the way of this event alone."""
        if event["due_at"] > self._now and _is_asked_about(event):
            return f"its sender is being asked who this is; if no answer comes, again {self._when(event['due_at'])}"
        if event["due_at"] > self._now:
            return f"{_tried(event['attempts'])} {self._when(event['due_at'])}"
        if event["busy"]:
            return _RESTING if event["uncertain"] else _BUSY
        if self._full_until:
            limit = self._config.upstream.rate_limit
            return f"the rate limit ({limit} requests a minute) is used up; more {self._when(self._full_until)}"
        return None

    @cached_property
    def _idle(self) -> str | None:
        return None if self._store.deliverers.all() else NOBODY

    @cached_property
    def _pauses(self) -> list[Pause]:
        return self._store.pauses.all()

    @cached_property
    def _holds(self) -> Mapping[str, OrgState]:
        return self._store.orgs.held()

    @cached_property
    def _full_until(self) -> datetime | None:
        return RateLimit(self._store.database, self._config.upstream.rate_limit).full_until(self._now)

    def _when(self, at: datetime) -> str:
        return f"at {_at(at)}" if at > self._now else "now"


def _is_asked_about(event: Mapping[str, Any]) -> bool:
    """Whether a person is being fetched for the first time: nothing else puts off a thin event that was not tried."""
    return not (event["contact"] or event["attempts"] or event["meaning"] == Meaning.ERASE_SOURCE)


def _joined(parts: Iterable[str]) -> str | None:
    return "; ".join(parts) or None


def _tried(attempts: int) -> str:
    if not attempts:
        return "put off; next try"
    return f"tried {'once' if attempts == 1 else f'{attempts} times'}; next try"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"

"""One event, told whole: what was sent, what was mapped and from where, every attempt, what a replay would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.bridge import Bridge
from app.errors import WebhookError
from app.forecast import Forecast, forecast
from app.payload import decode
from app.rehearsal import Rehearsals
from app.store import Filter
from app.store.documents import contact_to
from app.store.seal import Unreadable
from app.waiting import Waiting
from app.webhook import Event


class State(StrEnum):
    """Whether a payload is there: a person's who was erased is gone, and so is what was kept long enough."""

    KEPT = "kept"
    GONE = "gone"
    SEALED = "sealed"


@dataclass(frozen=True)
class Part:
    """A part of the contact, and where it was found; ``origin`` is None where today's mapping finds something else."""

    name: str
    value: Any
    origin: str | None


@dataclass(frozen=True)
class EventView:
    """One event. ``row`` is as the log lists it; ``parts`` are of the contact that was mapped."""

    row: Mapping[str, Any]
    event: Event | None
    waits_because: str | None
    parts: Sequence[Part]
    attempts: Sequence[Mapping[str, Any]]

    @property
    def state(self) -> State:
        if self.event is None or not self.event.body:
            return State.GONE
        return State.SEALED if isinstance(self.event.body, Unreadable) else State.KEPT

    @property
    def gone(self) -> bool:
        """Whether the payload is there no more."""
        return self.state is State.GONE

    @property
    def payload(self) -> Any:
        """What was sent, decoded where it is JSON, else as text; None where it cannot be read any more."""
        if self.event is None or self.state is not State.KEPT:
            return None
        text = self.event.body.decode("utf-8", "replace")
        try:
            return (
                decode(self.event.body, "application/json") if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") else text
            )
        except WebhookError:
            return text


def explain(bridge: Bridge, source: str, event_id: str, most: int | None = None) -> EventView | None:
    """Return everything about one event, of its attempts the last ``most``; None if there is none with this id."""
    row = find(bridge, source, event_id)
    if row is None:
        return None
    event = bridge.store.log.event(source, row["event_id"])
    why = Waiting(bridge.config, bridge.store, bridge.now()).why(row)
    attempts = bridge.store.log.attempts(source, row["event_id"], most)
    return EventView(row, event, why, _parts(bridge, row, event), attempts)


def find(bridge: Bridge, source: str, event_id: str) -> Mapping[str, Any] | None:
    """Return an event as the log lists it, by its id as it is kept, or as its sender wrote it."""
    found = bridge.store.log.events(Filter(source=source, event_ids=[event_id]))
    return next((row for row in found if row["event_id"] == event_id), found[0] if found else None)


def rehearsed(bridge: Bridge, source: str, event_id: str) -> Forecast | str:
    """Return what a replay would change, or in words why that cannot be said."""
    kept = next(bridge.store.archive.selected(Filter(source=source, event_ids=[event_id])), None)
    if kept is None or kept.gone:
        return "The payload is gone, so there is nothing to replay."
    if kept.missing:
        return "What was kept is sealed with a key that is not configured."
    if kept.busy:
        return "It is being delivered at this moment."
    return forecast(bridge.store.archive, Rehearsals(bridge), kept)


def _parts(bridge: Bridge, row: Mapping[str, Any], event: Event | None) -> list[Part]:
    contact = row["contact"]
    if not contact or isinstance(contact, Unreadable):
        return []
    origins = _origins(bridge, event)
    return [Part(name, value, origins.get((name, repr(value)))) for name, value in contact.items()]


def _origins(bridge: Bridge, event: Event | None) -> dict[tuple[str, str], str]:
    """Where today's mapping finds each part: of what was mapped before, only what it still finds the same."""
    if event is None or not event.body or isinstance(event.body, Unreadable) or isinstance(event.fetched, Unreadable):
        return {}
    _, mapped = bridge.map(event)
    found = contact_to(mapped.contact) if mapped.contact else {}
    return {
        (name, repr(value)): mapped.findings[name].origin for name, value in found.items() if name in mapped.findings
    }

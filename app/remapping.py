"""The mapping time machine: what stored payloads would become today, against what was kept of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.contact import Meaning
from app.differences import Difference, differences
from app.store import Kept
from app.store.documents import contact_to
from app.store.received import Mapper
from app.webhook import EventStatus


class Outcome(StrEnum):
    """How an event's mapping of today compares with the one that was kept."""

    SAME = "same"
    CHANGED = "changed"
    NOW_A_CONTACT = "now a contact"
    NOW_IGNORED = "now ignored"
    NOW_FAILED = "now failed"
    NOT_MAPPED_YET = "not mapped yet"

    @property
    def differs(self) -> bool:
        return self not in (Outcome.SAME, Outcome.NOT_MAPPED_YET)


_NOW = {
    EventStatus.PENDING: Outcome.NOW_A_CONTACT,
    EventStatus.IGNORED: Outcome.NOW_IGNORED,
    EventStatus.FAILED: Outcome.NOW_FAILED,
}


@dataclass(frozen=True)
class Remapped:
    """One event mapped again. ``was`` and ``status`` are mapping's own: PENDING is a contact, whatever became of it.

    Two reasons for the same status are no difference: they quote the configuration, which is what is being changed.
    """

    kept: Kept
    was: EventStatus
    status: EventStatus
    reason: str
    outcome: Outcome
    differences: list[Difference]


def remap(mapper: Mapper, kept: Kept) -> Remapped:
    """Map an event once more, and compare."""
    _, mapped = mapper(kept.event)
    was = EventStatus.PENDING if kept.contact else kept.status
    after = _document(contact_to(mapped.contact) if mapped.contact else {}, mapped.meaning)
    differing: list[Difference] = []
    if kept.status is EventStatus.RECEIVED:
        outcome = Outcome.NOT_MAPPED_YET
    elif was is not mapped.status:
        outcome = _NOW[mapped.status]
        differing = differences({}, after) if mapped.status is EventStatus.PENDING else []
    else:
        if was is EventStatus.PENDING:
            differing = differences(_document(kept.contact or {}, kept.meaning), after)
        outcome = Outcome.CHANGED if differing else Outcome.SAME
    return Remapped(kept, was, mapped.status, mapped.reason, outcome, differing)


def _document(contact: dict[str, Any], meaning: str | Meaning | None) -> dict[str, Any]:
    return {**contact, "meaning": meaning and str(meaning)}

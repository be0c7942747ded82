"""What a replay would change: each request that would go out, against the last one that was sent for the event."""

from dataclasses import dataclass
from typing import Any

from app.differences import Difference, differences, fields_sent, makes_contact
from app.rehearsal import Rehearsals, Rehearsed
from app.store import Kept
from app.store.kept import Archive
from app.webhook import EventStatus

_SETTLED = (EventStatus.DELIVERED, EventStatus.IGNORED, EventStatus.FAILED)
_NOT_SENT = ("consent", "contact_id")  # parts of a contact that are no field of a request


@dataclass(frozen=True)
class Forecast:
    """What a replay of one event would do; ``against`` says in words what the requests are compared with.

    ``changes`` is None where nothing can be said before the event's sender has been asked.
    """

    kept: Kept
    rehearsed: Rehearsed
    against: str
    differences: list[Difference]
    changes: bool | None


def forecast(archive: Archive, rehearsals: Rehearsals, kept: Kept) -> Forecast:
    """Rehearse an event's replay, and compare."""
    rehearsed, last = rehearsals.rehearse(kept), archive.last_sent(kept.row)
    if last:
        against, before = "the requests sent last", fields_sent(last)
    else:
        contact = kept.contact or {}
        before = {name: value for name, value in contact.items() if name not in _NOT_SENT}
        against = "the contact as it was mapped" if contact else "nothing: there was no contact"
    differing = _differing(before, rehearsed) if rehearsed.requests else []
    again = bool(last) and kept.status is EventStatus.FAILED and bool(rehearsed.requests)  # refused, and may be again
    other = kept.status in _SETTLED and kept.status is not rehearsed.status and not again
    changes = None if rehearsed.fetches_first else bool(differing) or other or _goes_nowhere(kept, rehearsed)
    return Forecast(kept, rehearsed, against, differing, changes)


def _differing(before: dict[str, Any], rehearsed: Rehearsed) -> list[Difference]:
    """What only adds to a contact is compared in what it adds; what creates one, as a whole."""
    after = fields_sent(rehearsed.requests)
    if not makes_contact(rehearsed.requests):
        added = after.get("segment_ids", ())
        before = {name: value for name, value in before.items() if name in after}
        before["segment_ids"] = [segment for segment in before.get("segment_ids", ()) if segment in added]
    return differences(before, after)


def _goes_nowhere(kept: Kept, rehearsed: Rehearsed) -> bool:
    """Whether an event that waits would not be delivered any more."""
    return kept.status not in _SETTLED and rehearsed.status is not EventStatus.DELIVERED

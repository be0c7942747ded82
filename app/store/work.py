"""The values that pass between the queue and whoever works on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.contact import Consent, Contact, Meaning
from app.errors import UpstreamError
from app.webhook import EventStatus


@dataclass(frozen=True)
class Person:
    """What the bridge knows of a person in one org, and what of it the upstream has.

    ``sent`` are the identities (kind, value) that the upstream knows. ``uncertain``: a request of which
    nobody knows whether it was carried out; look the person up before sending anything again.
    """

    id: int
    contact_id: str | None = None
    name: str | None = None
    name_at: datetime | None = None
    consent: Consent | None = None
    unsubscribed: bool = False
    segment_ids: tuple[str, ...] = ()
    sent: frozenset[tuple[str, str]] = frozenset()
    identities: frozenset[tuple[str, str]] = frozenset()
    uncertain: bool = False


@dataclass(frozen=True)
class Claim:
    """One event, ours to deliver as long as the person is leased to ``owner``: a lease that nobody else ever has."""

    row: int
    source: str
    event_id: str
    occurred_at: datetime
    received_at: datetime
    org: str
    contact: Contact
    meaning: Meaning
    attempts: int
    first_attempt_at: datetime | None
    person: Person
    owner: str
    replayed_at: datetime | None = None


@dataclass(frozen=True)
class Attempt:
    """One try to deliver: when, how long (ms), how it ended, and every request with its answer."""

    started_at: datetime
    duration_ms: int
    outcome: str
    message: str | None = None
    exchanges: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Settlement:
    """How a claim ended: the event's next status, and the person as it is now known. ``burned``: it counts as a try.

    ``trouble`` is the error that stopped it; it is not kept, its words are. ``rest``: how long the person stays
    leased all the same, because a request that was given up may still be carried out; then it is to be freed.
    """

    claim: Claim
    status: EventStatus
    person: Person
    attempt: Attempt
    reason: str | None = None
    due_at: datetime | None = None
    rest: timedelta | None = None
    burned: bool = True
    notes: Sequence[str] = ()
    erases: bool = False  # the event asks for its person to be forgotten, and nothing is in the way
    trouble: UpstreamError | None = field(default=None, compare=False)

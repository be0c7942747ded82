"""Writing down how claims ended: the attempt, the event's next status, and what is now known of the person."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.store.columns import seal_of
from app.store.emptying import silence_late
from app.store.seal import Unreadable
from app.store.tables import attempts, events, identities, persons
from app.store.work import Attempt, Settlement
from app.webhook import EventStatus


def write(connection: sa.Connection, settlements: Sequence[Settlement]) -> list[bool]:
    """Write all of them; return which were still ours to settle."""
    connection.execute(attempts.insert(), [attempt_row(s.claim.row, s.attempt) for s in settlements])
    mine = [_settle(connection, settlement) for settlement in settlements]
    silence_late(connection, [s.claim.row for s in settlements])
    return mine


def attempt_row(event_row: int, attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as a row."""
    return {
        "event_row": event_row,
        "started_at": attempt.started_at,
        "duration_ms": attempt.duration_ms,
        "outcome": attempt.outcome,
        "message": attempt.message,
        "exchanges": list(attempt.exchanges),
    }


def _settle(connection: sa.Connection, settlement: Settlement) -> bool:
    if not _free_person(connection, settlement):
        return False
    claim, attempt = settlement.claim, settlement.attempt
    waiting = settlement.status is EventStatus.PENDING
    values: dict[str, Any] = {
        "status": settlement.status.value,
        "reason": settlement.reason,
        "due_at": settlement.due_at,
        "settled_at": None if waiting else attempt.started_at,
    }
    if settlement.burned:
        values |= {
            "attempts": claim.attempts + 1,
            "first_attempt_at": claim.first_attempt_at or attempt.started_at,
        }
    connection.execute(events.update().where(events.c.id == claim.row).values(values))
    if settlement.notes:
        _add_notes(connection, claim.row, settlement.notes)
    return True


def _free_person(connection: sa.Connection, settlement: Settlement) -> bool:
    person, before = settlement.person, settlement.claim.person
    mine = (persons.c.id == person.id, persons.c.lease_owner == settlement.claim.owner)
    consent = person.consent
    values = {
        "contact_id": person.contact_id,
        "name": person.name,
        "name_at": person.name_at,
        "consent": consent.state.value if consent else None,
        "consent_at": consent.at if consent else None,
        "unsubscribed": person.unsubscribed,
        "segment_ids": list(person.segment_ids),
        "uncertain": person.uncertain,
        "lease_owner": settlement.claim.owner if settlement.rest else None,
    }
    if connection.execute(persons.update().where(*mine).values(values)).rowcount != 1:
        return False
    for identity in person.sent ^ before.sent:  # newly sent, or gone with the contact that had them
        this = (
            identities.c.person_id == person.id, identities.c.kind == identity[0],
            identities.c.value.in_(seal_of(connection.dialect).names(identity[1])),
        )  # fmt: skip
        sent_at = settlement.attempt.started_at if identity in person.sent else None
        connection.execute(identities.update().where(*this).values(sent_at=sent_at))
    return True


def _add_notes(connection: sa.Connection, row: int, notes: Sequence[str]) -> None:
    before = connection.execute(sa.select(events.c.notes).where(events.c.id == row)).scalar() or []
    if isinstance(before, Unreadable):
        return
    added = [note for note in notes if note not in before]
    if added:
        connection.execute(events.update().where(events.c.id == row).values(notes=[*before, *added]))

"""Writing down how claims ended: the attempt, the event's next status, and what is now known of the person."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from app.store.columns import seal_of
from app.store.emptying import silence_late
from app.store.seal import Unreadable
from app.store.tables import attempts, events, identities, persons
from app.store.work import Attempt, Settlement
from app.webhook import EventStatus

_PERSON = (
    "contact_id", "name", "name_at", "consent", "consent_at", "unsubscribed", "segment_ids", "uncertain",
    "lease_owner",
)  # fmt: skip
_ENDED = ("status", "reason", "due_at", "settled_at")


def _update(table: sa.Table, *names: str) -> sa.Update:
    """Many rows in one call, each ``{"row": its id, "new_<name>": …}``; a statement is dear to make."""
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
    return table.update().where(table.c.id == sa.bindparam("row")).values(values)


_RELEASE = _update(persons, *_PERSON)
_END = _update(events, *_ENDED)
_END_BURNED = _update(events, *_ENDED, "attempts", "first_attempt_at")
SENT = (
    identities.update()
    .where(
        identities.c.person_id == sa.bindparam("person"),
        identities.c.kind == sa.bindparam("of_kind"),
        identities.c.value == sa.bindparam("named"),
    )
    .values(sent_at=sa.bindparam("new_sent_at"))
)


def write(connection: sa.Connection, settlements: Sequence[Settlement]) -> list[bool]:
    """Write all of them; return which were still ours to settle."""
    mine = _still_leased(connection, settlements)
    ours = [settlement for settlement, still in zip(settlements, mine, strict=True) if still]
    ours.sort(key=lambda settlement: settlement.claim.row)  # events are locked in one order, too
    connection.execute(attempts.insert(), [attempt_row(s.claim.row, s.attempt) for s in settlements])
    if ours:
        connection.execute(_RELEASE, [_person(settlement) for settlement in ours])
    for statement, burned in ((_END, False), (_END_BURNED, True)):
        if rows := [_ended(settlement) for settlement in ours if settlement.burned is burned]:
            connection.execute(statement, rows)
    if changed := [row for settlement in ours for row in _sent(connection, settlement)]:
        connection.execute(SENT, changed)
    for settlement in ours:
        if settlement.notes:
            add_notes(connection, settlement.claim.row, settlement.notes)
    if late := {s.person.id for s, still in zip(settlements, mine, strict=True) if not still}:
        strangers = (persons.c.id.in_(late), persons.c.contact_id.is_(None))  # whoever is next looks first
        connection.execute(persons.update().where(*strangers).values(uncertain=True))
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


def _still_leased(connection: sa.Connection, settlements: Sequence[Settlement]) -> list[bool]:
    """Whether each person is still leased to its claim's process; they are locked, in one order, until the end."""
    people = {settlement.person.id for settlement in settlements}
    leased = sa.select(persons.c.id, persons.c.lease_owner).where(persons.c.id.in_(people)).order_by(persons.c.id)
    owners = {row.id: row.lease_owner for row in connection.execute(leased.with_for_update(key_share=True))}
    return [owners.get(settlement.person.id) == settlement.claim.owner for settlement in settlements]


def _person(settlement: Settlement) -> dict[str, Any]:
    person = settlement.person
    consent = person.consent
    return {
        "row": person.id,
        "new_contact_id": person.contact_id,
        "new_name": person.name,
        "new_name_at": person.name_at,
        "new_consent": consent.state.value if consent else None,
        "new_consent_at": consent.at if consent else None,
        "new_unsubscribed": person.unsubscribed,
        "new_segment_ids": list(person.segment_ids),
        "new_uncertain": person.uncertain,
        "new_lease_owner": settlement.claim.owner if settlement.rest else None,
    }


def _ended(settlement: Settlement) -> dict[str, Any]:
    claim, attempt = settlement.claim, settlement.attempt
    waiting = settlement.status is EventStatus.PENDING
    values: dict[str, Any] = {
        "row": claim.row,
        "new_status": settlement.status.value,
        "new_reason": settlement.reason,
        "new_due_at": settlement.due_at,
        "new_settled_at": None if waiting else attempt.started_at,
    }
    if settlement.burned:
        values |= {
            "new_attempts": claim.attempts + 1,
            "new_first_attempt_at": claim.first_attempt_at or attempt.started_at,
        }
    return values


def _sent(connection: sa.Connection, settlement: Settlement) -> Iterator[dict[str, Any]]:
    """The identities that are newly sent, or gone with the contact that had them, by every name they may be kept by."""
    person = settlement.person
    for kind, value in person.sent ^ settlement.claim.person.sent:
        sent_at = settlement.attempt.started_at if (kind, value) in person.sent else None
        for name in seal_of(connection.dialect).names(value):
            yield {"person": person.id, "of_kind": kind, "named": name, "new_sent_at": sent_at}


def add_notes(connection: sa.Connection, row: int, notes: Sequence[str]) -> None:
    """Add notes to an event, each once; notes that cannot be read are left as they are."""
    before = connection.execute(sa.select(events.c.notes).where(events.c.id == row)).scalar() or []
    if isinstance(before, Unreadable):
        return
    added = [note for note in notes if note not in before]
    if added:
        connection.execute(events.update().where(events.c.id == row).values(notes=[*before, *added]))

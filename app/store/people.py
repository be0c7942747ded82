"""Who is who: every e-mail address, phone number and user id of an org belongs to one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.contact import Contact
from app.store.database import Lock, one_at_a_time
from app.store.tables import identities, persons

KINDS = ("user_id", "email", "phone")  # strongest first


@dataclass(frozen=True)
class Tie:
    """The person that a contact's identities were tied to; ``note`` says so when they named several."""

    person_id: int
    note: str | None = None


def identities_of(contact: Contact) -> dict[str, str]:
    """Return the identities in a contact by kind, strongest first. E-mail addresses are compared without case."""
    found = {
        "user_id": contact.user_id,
        "email": contact.email and contact.email.lower(),
        "phone": contact.phone,
    }
    return {kind: value for kind in KINDS if (value := found[kind])}


def tie(connection: sa.Connection, contacts: Sequence[tuple[str, Contact]], now: datetime) -> list[Tie]:
    """Find or make the person of each ``(org, contact)``, within the caller's transaction."""
    one_at_a_time(connection, Lock.TIES)  # any number of processes may map, one at a time ties
    known = _known(connection, contacts)
    return [_tie(connection, org, identities_of(contact), known, now) for org, contact in contacts]


def _known(connection: sa.Connection, contacts: Sequence[tuple[str, Contact]]) -> dict[tuple[str, str, str], int]:
    wanted = {(org, kind, value) for org, c in contacts for kind, value in identities_of(c).items()}
    if not wanted:
        return {}
    columns = sa.tuple_(identities.c.org, identities.c.kind, identities.c.value)
    rows = connection.execute(sa.select(identities).where(columns.in_(sorted(wanted))))
    return {(row.org, row.kind, row.value): row.person_id for row in rows}


def _tie(
    connection: sa.Connection,
    org: str,
    named: Mapping[str, str],
    known: dict[tuple[str, str, str], int],
    now: datetime,
) -> Tie:
    by_kind = {kind: known[org, kind, value] for kind, value in named.items() if (org, kind, value) in known}
    person_id = next(iter(by_kind.values()), None)
    if person_id is None:
        statement = persons.insert().values(org=org, created_at=now).returning(persons.c.id)
        person_id = connection.execute(statement).scalar_one()
    missing = [
        {"org": org, "kind": k, "value": v, "person_id": person_id} for k, v in named.items() if k not in by_kind
    ]
    if missing:
        connection.execute(identities.insert(), missing)
        known.update({(org, kind, value): person_id for kind, value in named.items() if kind not in by_kind})
    others = {kind: other for kind, other in by_kind.items() if other != person_id}
    return Tie(person_id, _conflict(person_id, next(iter(by_kind), ""), others) if others else None)


def _conflict(person_id: int, strongest: str, others: Mapping[str, int]) -> str:
    words = ", ".join(f"its {kind.replace('_', ' ')} belongs to person {other}" for kind, other in others.items())
    return f"names two known persons: taken as person {person_id} by {strongest.replace('_', ' ')}; {words}"

"""What the operator's desk reads of persons: who they are, and what each of their events said of consent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.documents import person_from
from app.store.names import goes_by
from app.store.tables import events, identities, persons
from app.store.work import Person


@dataclass(frozen=True)
class Entry:
    """A person, in which org, and since when they are known here."""

    org: str
    since: datetime
    known: Person


class Directory:
    """Reads; nothing is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def named(self, values: Collection[str], org: str | None = None, most: int = 20) -> list[Entry]:
        """Return the persons that have one of the identities, in one org or in all; the one known longest first."""
        ties = sa.select(identities.c.person_id).where(goes_by(sorted(values)))
        return self._read([persons.c.id.in_(ties), *_of(org)], persons.c.id, most)

    def newest(self, org: str | None = None, before: int | None = None, most: int = 50) -> list[Entry]:
        """Return those that became known last, the newest first; ``before`` is the id of the last one seen."""
        older = [] if before is None else [persons.c.id < before]
        return self._read([*older, *_of(org)], persons.c.id.desc(), most)

    def one(self, person_id: int) -> Entry | None:
        """Return a person; None if there is none, or none any more."""
        return next(iter(self._read([persons.c.id == person_id], persons.c.id, 1)), None)

    def consents(self, person_id: int, most: int = 500) -> list[Mapping[str, Any]]:
        """Return what the newest events of a person say, oldest first: ``source, event_id, occurred_at, contact``."""
        columns = events.c["id", "source", "event_id", "occurred_at", "contact"]
        theirs = sa.select(*columns).where(events.c.person_id == person_id, events.c.contact.is_not(None))
        with self._database.reading() as connection:
            rows = connection.execute(theirs.order_by(events.c.id.desc()).limit(most)).all()
        ordered = sorted(rows, key=lambda row: (row.occurred_at, row.id))
        return [dict(row._mapping) for row in ordered]  # noqa: SLF001 -- a Row's public mapping

    def _read(
        self, conditions: Sequence[sa.ColumnElement[bool]], order: sa.ColumnElement[Any], most: int
    ) -> list[Entry]:
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(persons).where(*conditions).order_by(order).limit(most)).all()
            ids = [row.id for row in rows]
            known = connection.execute(sa.select(identities).where(identities.c.person_id.in_(ids))).all()
        return [Entry(row.org, row.created_at, person_from(row, row.id, known)) for row in rows]


def _of(org: str | None) -> list[sa.ColumnElement[bool]]:
    return [] if org is None else [persons.c.org == org]

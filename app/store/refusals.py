"""Webhooks that were refused, for the operator to see why: the newest of each source, and nothing of what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.store.database import Database
from app.store.tables import refusals

KEPT = 200  # of each source; whoever forges webhooks must not fill the disk


@dataclass(frozen=True)
class Refusal:
    """One refused webhook: its ``cause`` in a few words, and the signature doctor's ``hint``, or "".

    ``id`` numbers them, the newest last; 0 for one that is not kept yet.
    """

    source: str
    refused_at: datetime
    cause: str
    hint: str = ""
    id: int = 0


class Refusals:
    """Keeps the newest refusals of each source."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, source: str, cause: str, hint: str, now: datetime) -> None:
        """Keep one refusal. Raises `StoreUnavailableError`."""
        self.note_all([Refusal(source, now, cause, hint)])

    def note_all(self, refused: Sequence[Refusal]) -> None:
        """Keep several, oldest first, in one transaction. Raises `StoreUnavailableError`."""
        rows = [
            {"source": each.source, "refused_at": each.refused_at, "cause": each.cause[:40], "hint": each.hint or None}
            for each in refused
        ]
        with self._database.writing() as connection:
            connection.execute(refusals.insert(), rows)
            for source in sorted({each.source for each in refused}):
                _cut(connection, source)

    def newest(self, source: str | None = None, before: int | None = None, most: int = 50) -> list[Refusal]:
        """Return the newest refusals first, of one source or of all; ``before`` is the id of the last one seen."""
        found = sa.select(refusals).order_by(refusals.c.id.desc()).limit(most)
        if source is not None:
            found = found.where(refusals.c.source == source)
        if before is not None:
            found = found.where(refusals.c.id < before)
        with self._database.reading() as connection:
            return [_refusal(row) for row in connection.execute(found)]

    def last_of_each(self) -> dict[str, Refusal]:
        """Return the last refusal of each source that has one."""
        last = sa.select(sa.func.max(refusals.c.id)).group_by(refusals.c.source)
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(refusals).where(refusals.c.id.in_(last)))
            return {row.source: _refusal(row) for row in rows}


def _cut(connection: sa.Connection, source: str) -> None:
    """Let go of what is older than the newest of a source that are kept."""
    of_it = sa.select(refusals.c.id).where(refusals.c.source == source).order_by(refusals.c.id.desc())
    oldest = of_it.offset(KEPT).limit(1).scalar_subquery()
    connection.execute(refusals.delete().where(refusals.c.source == source, refusals.c.id <= oldest))


def _refusal(row: sa.Row[tuple[int, str, datetime, str, str | None]]) -> Refusal:
    return Refusal(row.source, row.refused_at, row.cause, row.hint or "", row.id)

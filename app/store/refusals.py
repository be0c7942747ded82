"""Webhooks that were refused, and why: the newest of each source."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.store.database import Database
from app.store.tables import refusals


@dataclass(frozen=True)
class Refusal:
    """One webhook that was not kept; ``hint`` is the signature doctor's word, if it had one."""

    id: int
    source: str
    refused_at: datetime
    cause: str
    hint: str | None


class Refusals:
    """Notes refusals, and lists them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, source: str, cause: str, hint: str, now: datetime) -> None:
        row = {"source": source, "refused_at": now, "cause": cause, "hint": hint or None}
        with self._database.writing() as connection:
            connection.execute(refusals.insert().values(row))

    def newest(self, source: str | None = None, before: int | None = None, most: int = 50) -> list[Refusal]:
        """Return the newest first, those before the refusal with the id ``before``."""
        conditions = [refusals.c.source == source] if source else []
        conditions += [refusals.c.id < before] if before else []
        statement = sa.select(refusals).where(*conditions).order_by(refusals.c.id.desc()).limit(most)
        with self._database.reading() as connection:
            return [Refusal(**row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 -- a Row's public mapping

"""What was done by hand, by whom: the log of the operator's desk. It holds no personal data but operators' names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.tables import actions


@dataclass(frozen=True)
class Action:
    """One thing that somebody did."""

    id: int
    at: datetime
    who: str
    what: str
    details: Mapping[str, Any]


class Actions:
    """Notes actions, and lists them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, who: str, what: str, details: Mapping[str, Any], now: datetime) -> None:
        row = {"at": now, "who": who[:100], "what": what, "details": dict(details)}
        with self._database.writing() as connection:
            connection.execute(actions.insert().values(row))

    def newest(self, before: int | None = None, most: int = 50) -> list[Action]:
        """Return the newest first, those before the action with the id ``before``."""
        conditions = [actions.c.id < before] if before else []
        statement = sa.select(actions).where(*conditions).order_by(actions.c.id.desc()).limit(most)
        with self._database.reading() as connection:
            return [Action(**row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 -- a Row's public mapping

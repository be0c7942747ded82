"""What was done by hand: by whom, when and to how much. It holds no personal data but the names of operators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.tables import actions


@dataclass(frozen=True)
class Action:
    """One thing that was done. ``who`` is "ada (console)", "api (admin)" or "cli: ada"; ``what``, replay, pause …"""

    id: int
    at: datetime
    who: str
    what: str
    details: Mapping[str, Any]


class Actions:
    """The log of what operators did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, who: str, what: str, details: Mapping[str, Any], now: datetime) -> int:
        """Write down what was done; return its number. ``details`` name nobody. Raises `StoreUnavailableError`."""
        row = {"at": now, "who": who[:100], "what": what, "details": dict(details)}
        with self._database.writing() as connection:
            number: int = connection.execute(actions.insert().values(row).returning(actions.c.id)).scalar_one()
        return number

    def go_on(self, number: int, who: str, what: str, counts: Mapping[str, int]) -> None:
        """Add to the counts of something that goes on for a while; nothing happens if that is not what is there."""
        this = (actions.c.id == number, actions.c.who == who[:100], actions.c.what == what)
        with self._database.writing() as connection:
            details = connection.execute(sa.select(actions.c.details).where(*this).with_for_update()).scalar()
            if details is not None:
                sums = {name: details.get(name, 0) + count for name, count in counts.items()}
                connection.execute(actions.update().where(*this).values(details={**details, **sums}))

    def newest(self, before: int | None = None, most: int = 50) -> list[Action]:
        """Return the newest first; ``before`` is the id of the last one seen."""
        found = sa.select(actions).order_by(actions.c.id.desc()).limit(most)
        if before is not None:
            found = found.where(actions.c.id < before)
        with self._database.reading() as connection:
            return [Action(row.id, row.at, row.who, row.what, row.details) for row in connection.execute(found)]

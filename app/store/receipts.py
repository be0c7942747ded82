"""Receipts of erasures: what was forgotten, where and when. They hold no personal data."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.doomed import Known, Whom
from app.store.emptying import Emptied
from app.store.tables import receipts

_WHERE = {"sqlite": "this bridge's database (SQLite)", "postgresql": "this bridge's database (PostgreSQL)"}


@dataclass(frozen=True)
class Receipt:
    """What one erasure took away. ``contact_ids`` are upstream still: its API documents no delete.

    ``unsearched`` counts the events and attempts that are damaged, so that nobody can say whom they name.
    """

    id: int
    erased_at: datetime
    asked_by: str
    where: str
    orgs: tuple[str, ...]
    payloads: int
    attempts: int
    persons: int
    identities: int
    contact_ids: tuple[str, ...]
    unsearched: int = 0


def file_receipt(
    connection: sa.Connection, whom: Whom, found: Known, emptied: Emptied, now: datetime, *, unsearched: int = 0
) -> Receipt:
    """Keep a receipt, and return it."""
    what = {
        "asked_by": whom.asked_by,
        "where": _WHERE[connection.dialect.name],
        "orgs": list(whom.orgs),
        **asdict(emptied),
        "persons": len(found.people),
        "identities": len(found.keys),
        "contact_ids": list(found.contact_ids),
        "unsearched": unsearched,
    }
    insert = receipts.insert().values(erased_at=now, what=what).returning(receipts.c.id)
    return _receipt(connection.execute(insert).scalar_one(), now, what)


def all_receipts(database: Database) -> list[Receipt]:
    """Return every receipt, the newest first."""
    with database.reading() as connection:
        rows = connection.execute(sa.select(receipts).order_by(receipts.c.id.desc())).all()
    return [_receipt(row.id, row.erased_at, row.what) for row in rows]


def _receipt(number: int, erased_at: datetime, what: dict[str, Any]) -> Receipt:
    lists = {name: tuple(value) for name, value in what.items() if isinstance(value, list)}
    return Receipt(id=number, erased_at=erased_at, **{**what, **lists})

"""Receipts of erasures: what was forgotten, where and when. They hold no personal data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import Database
from app.store.doomed import Known, Whom
from app.store.emptying import Emptied
from app.store.engines import place_of
from app.store.tables import receipts

_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Receipt:
    """What one erasure took away. ``contact_ids`` are upstream still: its API documents no delete.

    ``unsearched`` counts the events and attempts that are damaged, so that nobody can say whom they name; ``failed``,
    the events that had not been delivered and cannot be any more, because a key was given up.
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
    failed: int = 0


def file_receipt(
    connection: sa.Connection, whom: Whom, found: Known, emptied: Emptied, now: datetime, *, unsearched: int = 0
) -> Receipt:
    """Keep a receipt, and return it."""
    counts = {**asdict(emptied), "persons": len(found.people), "identities": len(found.keys), "unsearched": unsearched}
    told = {"asked_by": whom.asked_by, "orgs": list(whom.orgs), "contact_ids": list(found.contact_ids)}
    return _file(connection, {**told, **counts}, now)


def begin_receipt(connection: sa.Connection, asked_by: str, now: datetime) -> int:
    """Keep the receipt of something that goes on for a while; return its number. See `go_on_with_receipt`."""
    nothing = {"payloads": 0, "attempts": 0, "persons": 0, "identities": 0}
    return _file(connection, {"asked_by": asked_by, "orgs": [], "contact_ids": [], **nothing}, now).id


def go_on_with_receipt(connection: sa.Connection, number: int, counts: Mapping[str, int]) -> Receipt:
    """Write in a receipt what was done so far, in the transaction that does it, and return it."""
    this = receipts.c.id == number
    row = connection.execute(sa.select(receipts).where(this)).one()
    what = {**row.what, **counts}
    connection.execute(receipts.update().where(this).values(what=what))
    return _receipt(number, row.erased_at, what)


def _file(connection: sa.Connection, what: dict[str, Any], now: datetime) -> Receipt:
    kind, place = _KINDS[connection.dialect.name], place_of(connection.engine.url)
    what["where"] = f"this bridge's database ({kind}: {place})"
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

"""Sealing everything that is kept with the first key, while the bridge runs: after that, older keys can go.

What an older key sealed, and what was never sealed, is read, sealed and put back only where nobody changed it
meanwhile. It goes by batches and holds nobody up; stopped at any point, it is simply begun again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.store.columns import SEALED, SealedBytes
from app.store.database import Database
from app.store.renaming import rename
from app.store.seal import Unreadable
from app.store.tables import identities, metadata

_BATCH = 50
_MOST_PASSES = 5  # what a process with an older configuration goes on sealing is never done


@dataclass
class Resealed:
    """How many values were sealed anew, how many no key opens, and how many remain: another process writes them.

    ``shared`` are identities that two persons had under two keys; ``marks``, those of the keys of what no key opens.
    """

    sealed: int = 0
    unreadable: int = 0
    remaining: int = 0
    shared: int = 0
    marks: set[str] = field(default_factory=set)


class Reseal:
    """``tell`` hears how many rows were gone through since it was last told."""

    def __init__(self, database: Database, tell: Callable[[int], object] = lambda _: None) -> None:
        self.database, self.tell = database, tell

    def rows(self) -> int:
        """Return how many rows there are to go through."""
        with self.database.reading() as connection:
            counts = [sa.select(sa.func.count()).select_from(table) for table in (*SEALED_COLUMNS, identities)]
            return sum(connection.execute(count).scalar_one() for count in counts)

    def run(self) -> Resealed:
        """Seal all that the first key did not seal."""
        done = Resealed()
        for _ in range(_MOST_PASSES):
            before, done.unreadable, done.marks = done.sealed, 0, set()
            for table, columns in SEALED_COLUMNS.items():
                self._go_through(table, columns, done)
            renamed = rename(self.database, self.tell, all_else_readable=not done.unreadable)
            done.sealed, done.shared = done.sealed + renamed.renamed, done.shared + renamed.shared
            done.unreadable, done.marks = done.unreadable + renamed.unreadable, done.marks | renamed.marks
            done.remaining = done.sealed - before
            if not done.remaining:
                break
        if not (done.remaining or done.unreadable):
            self._leave_no_trace()
        return done

    def _go_through(self, table: sa.Table, columns: Sequence[sa.Column[Any]], done: Resealed) -> None:
        key = next(iter(table.primary_key))
        raw = [sa.type_coerce(column, column.type.impl).label(column.name) for column in columns]  # type: ignore[attr-defined] # a TypeDecorator has one
        batch = sa.select(key.label("key"), *raw).order_by(key).limit(_BATCH)
        last: Any = None
        while True:
            with self.database.reading() as connection:
                rows = connection.execute(batch if last is None else batch.where(key > last)).all()
            if not rows:
                return
            changes = [(row.key, *change) for row in rows for change in self._changes(columns, row._mapping, done)]  # noqa: SLF001 -- a Row's public mapping
            self._change(table, key, changes, done)
            last = rows[-1].key
            self.tell(len(rows))

    def _changes(
        self, columns: Sequence[sa.Column[Any]], row: Mapping[Any, Any], done: Resealed
    ) -> list[tuple[sa.Column[Any], Any, Any]]:
        """Return what is to be changed in a row: columns, with what is there and what shall be."""
        return [
            (column, row[column.name], fresh)
            for column in columns
            if (fresh := self._fresh(column, row[column.name], done)) is not None
        ]

    def _fresh(self, column: sa.Column[Any], kept: Any, done: Resealed) -> Any:
        """Return what shall be in place of what is kept, or None if that may stay."""
        seal, binary = self.database.seal, isinstance(column.type, SealedBytes)
        if kept is None or seal.fresh(kept if binary else kept.encode()):
            return None
        plain = seal.unseal(kept) if binary else seal.unseal_text(kept)
        if isinstance(plain, Unreadable):
            done.unreadable += 1
            done.marks.add(plain.mark)
            return None
        return seal.seal(plain) if isinstance(plain, bytes) else seal.seal_text(plain)

    def _change(self, table: sa.Table, key: sa.Column[Any], changes: Sequence[tuple[Any, ...]], done: Resealed) -> None:
        if not changes:
            return
        with self.database.writing() as connection:
            for row, column, kept, fresh in changes:
                raw = sa.type_coerce(column, column.type.impl)
                unchanged = (key == row, raw == kept)
                values = {column: sa.literal(fresh, column.type.impl)}
                done.sealed += connection.execute(table.update().where(*unchanged).values(values)).rowcount

    def _leave_no_trace(self) -> None:
        """Empty SQLite's write-ahead log, where pages still are as they were; if somebody reads now, it is not done."""
        if self.database.is_sqlite:
            connection = self.database.engine.raw_connection()
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()


def _sealed_columns() -> dict[sa.Table, list[sa.Column[Any]]]:
    found = {
        table: [column for column in table.columns if isinstance(column.type, SEALED)]
        for table in metadata.sorted_tables
        if table is not identities
    }
    return {table: columns for table, columns in found.items() if columns}


SEALED_COLUMNS = _sealed_columns()

"""Sealing everything that is kept with the first key, while the bridge runs: after that, older keys can go.

What an older key sealed, and what was never sealed, is read, sealed and put back only where nobody changed it
meanwhile. It goes by batches and holds nobody up; stopped at any point, it is simply begun again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.store.columns import SEALED, SealedBytes
from app.store.database import Database, Lock, one_at_a_time
from app.store.gaps import only_named_by_first_key
from app.store.seal import Unreadable
from app.store.tables import identities, metadata

_BATCH = 50
_MOST_PASSES = 5  # what a process with an older configuration goes on sealing is never done


@dataclass
class Resealed:
    """How many values were sealed anew, how many no key opens, and how many remain: another process writes them."""

    sealed: int = 0
    unreadable: int = 0
    remaining: int = 0


class Reseal:
    """``tell`` hears how many rows were gone through since it was last told."""

    def __init__(self, database: Database, tell: Callable[[int], object] = lambda _: None) -> None:
        self.database, self.tell = database, tell

    def rows(self) -> int:
        """Return how many rows there are to go through."""
        with self.database.reading() as connection:
            counts = [sa.select(sa.func.count()).select_from(table) for table in (*_SEALED_COLUMNS, identities)]
            return sum(connection.execute(count).scalar_one() for count in counts)

    def run(self) -> Resealed:
        """Seal all that the first key did not seal."""
        done = Resealed()
        for _ in range(_MOST_PASSES):
            before, done.unreadable = done.sealed, 0
            for table, columns in _SEALED_COLUMNS.items():
                self._go_through(table, columns, done)
            self._rename(done)
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
            return None
        return seal.seal(plain) if isinstance(plain, bytes) else seal.seal_text(plain)

    def _change(self, table: sa.Table, key: sa.Column[Any], changes: Sequence[tuple[Any, ...]], done: Resealed) -> None:
        if not changes:
            return
        with self.database.writing() as connection:
            self._overwrite(connection)
            for row, column, kept, fresh in changes:
                raw = sa.type_coerce(column, column.type.impl)
                unchanged = (key == row, raw == kept)
                values = {column: sa.literal(fresh, column.type.impl)}
                done.sealed += connection.execute(table.update().where(*unchanged).values(values)).rowcount

    def _rename(self, done: Resealed) -> None:
        """Name everybody by the first key."""
        seal, last = self.database.seal, ("", "", "")
        order = identities.c["value", "kind", "org"]
        older = sa.select(identities).where(identities.c.value.not_like(f"{seal.name_prefix}%"))
        while True:
            with self.database.writing() as connection:
                one_at_a_time(connection, Lock.TIES)
                self._overwrite(connection)
                rows = connection.execute(older.where(sa.tuple_(*order) > last).order_by(*order).limit(_BATCH)).all()
                for row in rows:
                    self._name(connection, row, done)
                if not rows:
                    if not done.unreadable:
                        only_named_by_first_key(connection, seal)
                    return
            last = (rows[-1].value, rows[-1].kind, rows[-1].org)
            self.tell(len(rows))

    def _name(self, connection: sa.Connection, row: sa.Row[Any], done: Resealed) -> None:
        value = row.sealed or row.value
        if isinstance(value, Unreadable):
            done.unreadable += 1
            return
        this = (identities.c.kind == row.kind, identities.c.org == row.org)
        name = self.database.seal.name(value)
        older, named = (*this, identities.c.value == row.value), (*this, identities.c.value == name)
        twin = connection.execute(sa.select(identities.c.person_id).where(*named)).scalar()
        if twin is not None:  # two processes had different keys for a while: it stays with who was known first
            connection.execute(identities.delete().where(*(older if twin <= row.person_id else named)))
        renamed = identities.update().where(*older)
        connection.execute(renamed.values(value=name, sealed=value))
        done.sealed += 1

    def _overwrite(self, connection: sa.Connection) -> None:
        """What was plain shall not stay in pages that are free now. On PostgreSQL a VACUUM sees to that."""
        if self.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")

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


_SEALED_COLUMNS = _sealed_columns()

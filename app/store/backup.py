"""A copy of an SQLite database, taken while the bridge runs, that knows it is one."""

import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from app.errors import StoreUnavailableError
from app.store.database import Database
from app.store.gaps import mark_restored
from app.store.migrate import migrate

_STEP_PAGES = 1024


def back_up(database: Database, file: Path, now: datetime) -> None:
    """Copy an SQLite database to ``file``: all that was committed before this was called, and whole or not at all.

    Raises `StoreUnavailableError` when it cannot be read or written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
            copy = Path(folder) / "copy.db"
            copy.touch(0o600)
            _copy(Path(database.engine.url.database or ""), copy)
            _mark(copy, now)
            _check(copy)
            _sync(copy)
            copy.replace(file)
            _sync(file.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(str(error)) from error


def _copy(source: Path, copy: Path) -> None:
    """Copy what one transaction sees: in a write-ahead log a reader holds up no writer, and none disturbs the copy."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as reader,
        closing(sqlite3.connect(copy)) as writer,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchall()
        reader.backup(writer, pages=_STEP_PAGES)
        reader.execute("ROLLBACK")


def _mark(copy: Path, now: datetime) -> None:
    """Whoever starts a bridge on the copy begins with look-ups: see `app.store.gaps`."""
    database = Database(f"sqlite:///{copy.absolute()}")
    try:
        migrate(database)
        mark_restored(database, now)
    finally:
        database.close()


def _check(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
        found = connection.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise StoreUnavailableError("the copy is damaged, and so the database may be: PRAGMA integrity_check says more")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def dump_command(database: Database, file: Path) -> list[str]:
    """Return what copies a PostgreSQL database; the password is left to the environment, or to be asked for."""
    url = database.engine.url
    address = url.set(drivername="postgresql").difference_update_query(["password", "sslpassword"])
    plain = address._replace(password=None).render_as_string()
    return ["pg_dump", "--format=custom", f"--file={file}", f"--dbname={plain}"]

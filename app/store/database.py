"""One database, SQLite or PostgreSQL: how to read from it, and how to write without stepping on anybody."""

import fcntl
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from enum import IntEnum
from pathlib import Path

import sqlalchemy as sa

from app.store.engines import BUSY_MS, engine_for, place_of
from app.store.seal import Seal
from app.store.trouble import translated

_SCRUBS, _SCRUB_MS = 20, 100  # tries to empty the log, and how long each may hold up writers


class Database:
    """The engine, and turns for writers.

    SQLite has one writer at a time and makes others sleep and retry; so writers of all processes queue
    for a lock on a file beside the database instead, which the kernel hands on at once (and frees when
    its holder is killed). PostgreSQL needs none of that.
    """

    def __init__(self, url: str, keys: Sequence[str] = ()) -> None:
        self.seal = Seal(keys)
        self.engine = engine_for(url, self.seal)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._alone = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        path = self.engine.url.database or ":memory:"
        self._turn: _Turn | None = _Turn(path) if self.is_sqlite else None
        self._writer: sa.Connection | None = None  # on SQLite, whoever has the turn writes through the same one

    @property
    def exists(self) -> bool:
        """False if it is a file that was not made yet; whether a server has it, only a connection tells.

        Raises `StoreUnavailableError` where nobody may look.
        """
        if not self.is_sqlite:
            return True
        with translated(), suppress(FileNotFoundError, NotADirectoryError):
            return stat.S_ISREG(Path(self.engine.url.database or "").stat().st_mode)
        return False

    @property
    def place(self) -> str:
        """Where it is, to be told: see `place_of`."""
        return place_of(self.engine.url)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for reads. Raises `StoreUnavailableError` when the database cannot be reached."""
        with translated(), self.engine.connect() as connection:
            yield connection
            connection.commit()  # nothing was written, but psycopg forgets each statement it has prepared at a rollback

    @contextmanager
    def asking(self) -> Iterator[sa.Connection]:
        """A connection for one statement that reads: a single trip to PostgreSQL, where a transaction makes three.

        Raises `StoreUnavailableError`.
        """
        with translated(), self._alone.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: committed to disk when the block ends, or not at all. Raises `StoreUnavailableError`."""
        with translated():
            if self._turn is None:
                with self.engine.begin() as connection:
                    yield connection
            else:
                with self._turn, self._kept_open() as connection, connection.begin():
                    yield connection

    @contextmanager
    def _kept_open(self) -> Iterator[sa.Connection]:
        if self._writer is None:
            self._writer = self.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
        try:
            yield self._writer
        except BaseException:
            writer, self._writer = self._writer, None
            writer.close()
            raise

    def scrub(self) -> None:
        """On SQLite, take what was overwritten or deleted out of the log beside the database, too.

        A reader may be in the way; it is waited for a little at a time, so that no ack waits long. What cannot be done
        now, as the disk is full, is done when the log is emptied next.
        """
        for _ in range(_SCRUBS if self._turn else 0):
            with translated(), self._turn or nullcontext(), self.engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw
                raw.execute(f"PRAGMA busy_timeout={_SCRUB_MS}").close()
                busy = True
                with suppress(sqlite3.Error):
                    busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                raw.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
            if not busy:
                return

    def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        if self._writer:
            self._writer.close()
            self._writer = None
        self.engine.dispose()
        if self._turn:
            self._turn.close()


class Lock(IntEnum):
    """What only one transaction at a time may do, in whatever process: PostgreSQL's advisory locks."""

    TIES = 0x62726964
    MIGRATION = 0x6D696772
    HOLDS = 0x686F6C64
    RATE = 0x72617465
    LIFE = 0x6C696665  # held by every delivery process, each with a number of its own


def one_at_a_time(connection: sa.Connection, lock: Lock) -> None:
    """Wait for ``lock``, and have it until the transaction ends. On SQLite every writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock.value)))


_SHORTCUTS = ("bitmapscan", "hashjoin", "material", "mergejoin", "seqscan", "sort")
_OFF = ", ".join(f"set_config('enable_{name}', 'off', true)" for name in _SHORTCUTS)
_ANEW = "set_config('plan_cache_mode', 'force_custom_plan', true)"  # not as the tables were once


def in_order_of_index(connection: sa.Connection) -> None:
    """Have PostgreSQL walk indexes for the rest of the transaction, whatever it knows of the tables.

    What is due is the start of an index. By its statistics, which are of another time, the queue is empty
    or all of the table, and then it would read, join and sort everything that is due for the few that are wanted.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT {_OFF}, {_ANEW}")


class _Turn:
    """A turn to write: a lock among this process's threads, then one among processes."""

    def __init__(self, path: str) -> None:
        self._threads = threading.Lock()
        self._path = Path(f"{path}.lock")
        self._file: int | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            fcntl.flock(self._opened(), fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._opened(), fcntl.LOCK_UN)
        self._threads.release()

    def _opened(self) -> int:
        if self._file is None:  # not before it is needed: the disk may be away when the process starts
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file

    def close(self) -> None:
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None

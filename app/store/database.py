"""One database, SQLite or PostgreSQL: how to read from it, and how to write without stepping on anybody."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.errors import StoreUnavailableError

_BUSY_MS = 5_000
_MAPPING_LOCK = 0x436F6E74


class Database:
    """The engine, and turns for writers.

    SQLite has one writer at a time and makes others sleep and retry; so writers of all processes queue
    for a lock on a file beside the database instead, which the kernel hands on at once (and frees when
    its holder is killed). PostgreSQL needs none of that.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        path = self.engine.url.database or ":memory:"
        self._turn: _Turn | None = _Turn(path) if self.is_sqlite else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for reads. Raises `StoreUnavailableError` when the database cannot be reached."""
        with _translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: committed to disk when the block ends, or not at all. Raises `StoreUnavailableError`."""
        with _translated():
            if self._turn is None:
                with self.engine.begin() as connection:
                    yield connection
            else:
                with self._turn, self.engine.connect() as connection:
                    writing = connection.execution_options(begin="BEGIN IMMEDIATE")
                    with writing.begin():
                        yield writing

    def close(self) -> None:
        self.engine.dispose()
        if self._turn:
            self._turn.close()


class _Turn:
    """A turn to write: a lock among this process's threads, then one among processes."""

    def __init__(self, path: str) -> None:
        self._threads = threading.Lock()
        self._file = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        os.close(self._file)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError, OSError) as error:
        raise StoreUnavailableError(_reason(error)) from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise StoreUnavailableError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """The driver's own words, without the statement and its parameters, which hold personal data."""
    return str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__


def _engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return sa.create_engine(
        parsed,
        pool_pre_ping=False,
        pool_size=16,
        max_overflow=16,
        pool_timeout=5,
        connect_args={"connect_timeout": 5, "application_name": "contact-bridge"},
        hide_parameters=True,
    )


def _sqlite(url: sa.URL) -> sa.Engine:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # a commit is on disk before it is answered
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_MS}",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine

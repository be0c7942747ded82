"""Opening SQLite or PostgreSQL, so that a commit is on disk when it returns and nobody who vanished holds up others."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.errors import StoreUnavailableError
from app.store.seal import Seal

BUSY_MS = 5_000
_SQLITE = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a commit is on disk before it is answered
    "foreign_keys=ON",
    "secure_delete=ON",  # what is erased is overwritten; an insert, which is all an ack does, costs no more
    f"busy_timeout={BUSY_MS}",
    "journal_size_limit=67108864",
)
_POSTGRESQL = (
    "SET synchronous_commit = on",  # whatever the server's default: a commit is on disk before it is answered
    "SET idle_in_transaction_session_timeout = '60s'",  # a machine that vanished frees what it had locked
    # Every query here is served by an index. By statistics of another time, which a table that fills up has, a planner
    # reads whole tables instead, or compiles what is done in a moment.
    "SET enable_seqscan = off",
    "SET jit = off",
)
_ENCODINGS = ("UTF8", "SQL_ASCII")  # the latter keeps whatever bytes it is given


def engine_for(url: str, seal: Seal) -> sa.Engine:
    """Return the engine of a database address. Nothing is opened or made before the first connection.

    ``seal`` is for its columns that hold personal data, see `app.store.columns`.
    """
    engine = _engine(url)
    engine.dialect.seal = seal  # type: ignore[attr-defined] # the one thing of an engine that every column type is given
    return engine


def place_of(url: sa.URL) -> str:
    """Say where a database is, without a user or a password: the file's absolute path, or the host and the name."""
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or "").absolute())
    port = f":{url.port}" if url.port else ""
    return f"{url.host or url.query.get('host') or 'localhost'}{port}/{url.database or ''}"


def _engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return _postgresql(parsed)


def _postgresql(url: sa.URL) -> sa.Engine:
    # Whatever encoding the server prefers: without it, a database in SQL_ASCII answers with bytes for text.
    named = {"application_name": "contact-bridge", "client_encoding": "utf8"}
    alive = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}
    engine = sa.create_engine(
        url,
        pool_pre_ping=False,
        pool_size=5,  # threads share commits, so few connections are in use; a server has a hundred for everybody
        max_overflow=5,
        pool_timeout=10,
        connect_args={"connect_timeout": 5, **named, **alive},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        _insist_on_every_letter(connection, url)
        connection.autocommit = True
        for setting in _POSTGRESQL:
            connection.execute(setting)
        connection.autocommit = False

    return engine


def _insist_on_every_letter(connection: Any, url: sa.URL) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding and encoding not in _ENCODINGS:
        connection.close()
        raise StoreUnavailableError(
            f"the database at {place_of(url)} is in {encoding}, which has no room for every name: use one that was "
            "made by CREATE DATABASE … ENCODING 'UTF8'"
        )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Open one database at a time here: while a new file goes over to WAL, whoever else opens it is refused."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make_private(file: str) -> None:
    """Make a database that only its owner may read, whatever the umask; its log and its index get the same mode.

    One that exists is not touched: its mode is the operator's, and to open and close it would take SQLite's locks away.
    """
    with suppress(OSError):  # it exists; or SQLite itself says why it cannot be made
        os.close(os.open(os.path.realpath(file), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _sqlite(url: sa.URL) -> sa.Engine:
    connect_args = {"timeout": BUSY_MS / 1000, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=connect_args, hide_parameters=True)

    @event.listens_for(engine, "do_connect")
    def _make(*_: Any) -> None:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        _make_private(url.database or "")

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        with _alone_in(Path(url.database or "").parent):
            for pragma in _SQLITE:
                connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine

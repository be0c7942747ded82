"""Who may read what SQLite and the bridge keep in files."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from store_events import NOW, arrival

from app.store import Store
from app.store.backup import back_up


@pytest.fixture(params=[0o022, 0o000, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def use(store: Store) -> None:
    """Do all that makes files: write, ring, live."""
    store.migrate()
    store.inbox.add(arrival(NOW, "e1"))
    store.life.hold()
    store.bell.ring()


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_what_is_made_is_readable_for_nobody_else(tmp_path: Path, umask: int) -> None:
    with closing(Store(f"sqlite:///{tmp_path / 'bridge.db'}")) as store:
        use(store)
        back_up(store.database, tmp_path / "copy.db", NOW)

        found = modes(tmp_path)

    assert {name.partition(".alive.")[1] or name for name in found} == {
        "bridge.db", "bridge.db-wal", "bridge.db-shm", "bridge.db.lock", "bridge.db.bell", ".alive.", "copy.db",
    }  # fmt: skip
    assert set(found.values()) == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o660, 0o644])
def test_the_mode_of_a_file_that_exists_is_the_operators(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "bridge.db"
    path.touch()
    path.chmod(mode)

    with closing(Store(f"sqlite:///{path}")) as store:
        use(store)
        found = modes(tmp_path)

    assert {found[name] for name in ("bridge.db", "bridge.db-wal", "bridge.db-shm")} == {mode}


def test_a_database_of_before_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    with closing(Store(f"sqlite:///{path}")) as store:
        use(store)
    path.chmod(0o644)

    with closing(Store(f"sqlite:///{path}")) as store:
        store.inbox.add(arrival(NOW, "e2"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_one_that_is_to_be_made_behind_a_link_is_private_too(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")

    with closing(Store(f"sqlite:///{tmp_path / 'link.db'}")) as store:
        store.migrate()

    assert stat.S_IMODE((tmp_path / "real.db").stat().st_mode) == 0o600


def test_a_new_connection_leaves_the_locks_of_the_others_alone(sqlite_url: str) -> None:
    """To open and close a file takes all locks on it away from a process: the old ones would stand unguarded."""
    with closing(Store(sqlite_url)) as store:
        store.migrate()
        path = store.database.engine.url.database
        with store.database.writing(), store.database.reading(), store.database.reading():
            look = (
                f"import sqlite3; c = sqlite3.connect({path!r}, timeout=0); c.execute('PRAGMA journal_mode = DELETE')"
            )
            other = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)

    assert "database is locked" in other.stderr

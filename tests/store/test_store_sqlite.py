"""SQLite: durable, and what goes wrong with a file is "unavailable" until it goes right again."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from store_events import NOW, arrival, event, statuses

from app.errors import StoreUnavailableError
from app.store import Store


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Store]:
    with closing(Store(sqlite_url)) as store:
        store.migrate()
        yield store


def pragmas(store: Store, *statements: str) -> None:
    """Open new connections, with these settings."""
    store.database.close()
    sa.event.listen(store.database.engine, "connect", lambda c, _: [c.execute(f"PRAGMA {s}") for s in statements])


def test_it_is_durable_on_every_connection(database: Store) -> None:
    with database.database.reading() as one, database.database.writing() as two, database.database.reading() as three:
        for connection in (one, two, three):
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_it_reads_while_somebody_writes(database: Store) -> None:
    database.inbox.add(arrival(NOW, "e1"))

    with database.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM events")

        assert statuses(database) == {"e1": "received"}


def test_it_is_opened_by_one_at_a_time(tmp_path: Path) -> None:
    """The first turns a new file into a WAL database, and SQLite refuses whoever looks on meanwhile."""
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with closing(Store(f"sqlite:///{tmp_path}/bridge.db")) as store, ThreadPoolExecutor(1) as pool:
        opened = pool.submit(store.migrate)

        assert wait([opened], timeout=0.2).not_done

        os.close(folder)
        opened.result(10)


def test_it_waits_for_its_turn_and_does_not_try_again_and_again(database: Store, sqlite_url: str) -> None:
    with closing(Store(sqlite_url)) as other, ThreadPoolExecutor(1) as pool:
        pragmas(other, "busy_timeout=0")
        with database.database.writing():
            added = pool.submit(other.inbox.add, arrival(NOW, "e1"))
            wait([added], timeout=0.2)  # time enough to fail

        assert added.result(10) == [True]


def test_it_writes_all_or_nothing(database: Store) -> None:
    database.inbox.add(arrival(NOW, "e1"))

    def write() -> None:
        with database.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM events")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()

    assert statuses(database) == {"e1": "received"}


def test_it_keeps_whole_webhooks_or_none_when_the_disk_is_full(database: Store) -> None:
    with database.database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    pragmas(database, f"max_page_count={pages + 10}")
    webhooks = [[event(f"{number}/{place}", body=b"x" * 4_000) for place in range(5)] for number in range(9)]

    def add_all() -> None:
        for webhook in webhooks:
            database.inbox.add(arrival(NOW, *webhook))

    with pytest.raises(StoreUnavailableError, match="full"):
        add_all()

    assert len(statuses(database)) % 5 == 0
    pragmas(database, "max_page_count=100000")
    add_all()
    assert len(statuses(database)) == 45


def test_it_says_so_when_the_file_cannot_be_written(database: Store) -> None:
    pragmas(database, "query_only=on")

    with pytest.raises(StoreUnavailableError, match="readonly"):
        database.inbox.add(arrival(NOW, "e1"))
    with pytest.raises(StoreUnavailableError, match="readonly"):
        database.ready(NOW)

    pragmas(database, "query_only=off")
    assert database.inbox.add(arrival(NOW, "e1")) == [True]


def test_it_tells_nothing_of_the_event_that_it_could_not_keep(database: Store) -> None:
    pragmas(database, "query_only=on")

    with pytest.raises(StoreUnavailableError) as caught:
        database.inbox.add(arrival(NOW, event("secret-id", body=b"secret@example.com")))

    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.__cause__)


def test_it_says_so_when_somebody_else_keeps_the_file_locked(database: Store, sqlite_url: str) -> None:
    pragmas(database, "busy_timeout=20")
    path = sa.make_url(sqlite_url).database
    with closing(sqlite3.connect(str(path), isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailableError, match="locked"):
            database.inbox.add(arrival(NOW, "e1"))

    assert database.inbox.add(arrival(NOW, "e1")) == [True]


def test_it_comes_up_when_its_folder_does(tmp_path: Path) -> None:
    """The disk may be mounted after the process has started."""
    (tmp_path / "disk").touch()
    store = Store(f"sqlite:///{tmp_path}/disk/var/bridge.db")

    with pytest.raises(StoreUnavailableError):
        store.migrate()
    with pytest.raises(StoreUnavailableError):
        store.inbox.add(arrival(NOW, "e1"))

    (tmp_path / "disk").unlink()
    store.migrate()
    assert store.inbox.add(arrival(NOW, "e1")) == [True]
    store.close()


def test_it_says_where_its_trouble_is_wherever_it_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("var").write_text("in the way")
    store = Store("sqlite:///var/bridge.db")

    with pytest.raises(StoreUnavailableError, match=f"^file exists: {tmp_path}/var$"):
        store.migrate()

    store.close()


def test_it_says_so_where_it_cannot_even_look(tmp_path: Path) -> None:
    nowhere = tmp_path / ("x" * 300) / "bridge.db"  # in place of a folder of somebody else: the tests may be root's
    store = Store(f"sqlite:///{nowhere}")

    with pytest.raises(StoreUnavailableError, match=f"^file name too long: {nowhere}$"):
        store.migrate()

    store.close()


def test_it_says_so_when_the_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "bridge.db").write_bytes(b"not a database " * 100)
    store = Store(f"sqlite:///{tmp_path}/bridge.db")

    with pytest.raises(StoreUnavailableError, match="not a database"):
        store.inbox.add(arrival(NOW, "e1"))
    with pytest.raises(StoreUnavailableError, match="not a database"):
        store.migrate()

    store.close()

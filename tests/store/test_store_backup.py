"""Backup: a whole copy while others write; and nobody becomes two contacts in what is restored from it."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sealed_kit import MIRA, NEW, OLD, opened, shown, tell, tell_all_of_mira
from store_events import NOW, arrival, ended, wait_for

from app.contact import Contact
from app.errors import StoreUnavailableError
from app.store import Filter, Store
from app.store.backup import back_up, dump_command
from app.store.database import Database
from app.store.gaps import mark_restored, unmark_restored


@contextmanager
def load(store: Store) -> Iterator[list[str]]:
    """Threads that keep events until the block ends; what was acknowledged so far."""
    acked: list[str] = []
    over = threading.Event()

    def add(thread: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            store.inbox.add(arrival(NOW, f"t{thread}-{number}"))
            acked.append(f"t{thread}-{number}")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield acked
    finally:
        over.set()
        for thread in threads:
            thread.join(20)


def kept_in(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {event_id for (event_id,) in connection.execute("SELECT event_id FROM events")}


def test_it_has_all_that_was_acknowledged_before_it_began(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url) as source:
        source.inbox.add(arrival(NOW, *(f"before{number}" for number in range(3000))))
        with load(source) as acked:
            while len(acked) < 50:
                pass
            before = set(acked)
            back_up(source.database, tmp_path / "copy.db", NOW)
            during = len(acked)
            while len(acked) < during + 10:
                pass

    assert kept_in(tmp_path / "copy.db") >= before | {f"before{number}" for number in range(3000)}
    assert len(acked) > len(before)  # writers went on


def test_it_is_one_file_for_its_owner_only(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with opened(sqlite_url) as store:
        back_up(store.database, folder / "copy.db", NOW)

    assert [file.name for file in folder.iterdir()] == ["copy.db"]
    assert (folder / "copy.db").stat().st_mode & 0o777 == 0o600


def test_it_leaves_the_old_copy_when_a_new_one_cannot_be_made(tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    file.write_text("the old copy")
    with pytest.raises(StoreUnavailableError):
        back_up(Database(f"sqlite:///{tmp_path}/no/such.db"), file, NOW)

    assert file.read_text() == "the old copy"
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_it_copies_what_is_sealed_as_it_is(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url, NEW) as store:
        tell_all_of_mira(store)
        back_up(store.database, tmp_path / "copy.db", NOW)
    with opened(f"sqlite:///{tmp_path}/copy.db", NEW) as copy:
        found = copy.log.events(Filter(person="mira@sealed.example"))

    assert shown((tmp_path / "copy.db").read_bytes()) == []
    assert found[0]["contact"]["name"] == "Mira Okonkwo"


def test_it_looks_everybody_up_in_a_database_from_a_backup(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url) as store:
        wait_for(store, NOW, "known")
        [claim] = store.claims.claim(NOW, 1, ["main"])
        store.claims.settle(ended(claim, NOW, person={"contact_id": "contact_1"}))
        wait_for(store, NOW, "waiting")
        back_up(store.database, tmp_path / "copy.db", NOW)
        original = store.claims.claim(NOW, 9, ["main"])
    with opened(f"sqlite:///{tmp_path}/copy.db") as copy:
        wait_for(copy, NOW, "known-again", "stranger")
        copy.received.map(lambda _: pytest.fail("all are mapped"), NOW)
        claims = copy.claims.claim(NOW, 9, ["main"])

    assert [claim.person.uncertain for claim in original] == [False]
    assert [(claim.event_id, claim.person.uncertain) for claim in claims] == [
        ("waiting", True), ("known-again", True), ("stranger", True),
    ]  # fmt: skip


def test_it_looks_everybody_up_once_it_is_told_of_a_restore_and_until_that_is_over(store: Store) -> None:
    tell(store, {"e1": MIRA})
    mark_restored(store.database, NOW)
    mark_restored(store.database, NOW)
    tell(store, {"e2": Contact(email="ben@example.com")})
    marked = [claim.person.uncertain for claim in store.claims.claim(NOW, 9, ["main"])]

    was_marked = [unmark_restored(store.database), unmark_restored(store.database)]
    tell(store, {"e3": Contact(email="cleo@example.com")})
    trusted = [claim.person.uncertain for claim in store.claims.claim(NOW, 9, ["main"])]

    assert (marked, was_marked, trusted) == ([True, True], [True, False], [False])


def test_it_says_how_postgresql_is_copied_without_the_password() -> None:
    database = Database("postgresql://bridge:s3cret@db.example:5433/bridge?sslmode=require&password=s3cret", [OLD])

    command = dump_command(database, Path("bridge.dump"))

    assert command == [
        "pg_dump", "--format=custom", "--file=bridge.dump",
        "--dbname=postgresql://bridge@db.example:5433/bridge?sslmode=require",
    ]  # fmt: skip

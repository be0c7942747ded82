"""Real processes on one database: nothing twice, nothing lost, nobody held up by the dead."""

import pytest
from store_events import NOW, arrival, statuses, wait_for
from store_processes import finished, process

from app.store import Store

pytestmark = pytest.mark.slow


def test_it_keeps_each_event_once_among_processes(store: Store, database_url: str) -> None:
    with process("add", database_url, "e", "0", "60") as one, process("add", database_url, "e", "20", "80") as two:
        printed = [*finished(one), *finished(two)]

    kept = [line for line in printed if line != "-"]
    assert sorted(kept) == sorted(f"e{number}" for number in range(80))
    assert statuses(store).keys() == set(kept)


def test_it_has_every_event_that_a_killed_process_had_kept(store: Store, database_url: str) -> None:
    with process("add", database_url, "e", "0", "100000") as running:
        said = [running.stdout.readline().strip() for _ in range(20)]
        running.kill()
        running.wait()

    assert set(said) <= statuses(store).keys()
    assert store.inbox.add(arrival(NOW, "later")) == [True]


def test_it_goes_on_when_a_process_was_killed_while_it_wrote(store: Store, database_url: str) -> None:
    wait_for(store, NOW, "e1")
    with process("hold", database_url) as running:
        assert running.stdout.readline() == "holding\n"
        running.kill()
        running.wait()

    assert store.inbox.add(arrival(NOW, "e2")) == [True]
    assert statuses(store) == {"e1": "pending", "e2": "received"}


def test_it_maps_each_event_once_among_processes(store: Store, database_url: str) -> None:
    names = {f"e{number}" for number in range(100)}
    store.inbox.add(arrival(NOW, *names))

    with process("map", database_url) as one, process("map", database_url) as two:
        mapped = [*finished(one), *finished(two)]

    assert set(mapped) == names
    assert statuses(store) == dict.fromkeys(names, "pending")
    if not store.database.is_sqlite:  # there two may map the same, and the first one counts
        assert len(mapped) == len(names)
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM persons").scalar() == len(names)


def test_it_wakes_up_when_another_process_rings(store: Store, database_url: str) -> None:
    store.bell.wait(0)

    with process("ring", database_url) as running:
        rang = store.bell.wait(30)
        finished(running)

    assert rang


def test_it_says_so_when_the_disk_is_full_and_goes_on_when_it_is_not(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.migrate()
    with process("full", sqlite_url) as running:
        kept, again = finished(running)

    assert int(kept) > 0
    assert again == "[True]"
    assert statuses(store).keys() == {f"e{number}" for number in range(int(kept) + 1)}
    store.close()


def test_what_was_deleted_stays_in_the_log_for_a_while_if_the_disk_is_full(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.migrate()
    store.close()

    with process("scrub", sqlite_url) as running:
        assert finished(running) == ["500"]

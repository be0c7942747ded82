"""The bell wakes whoever waits, and nobody fails because of it; readiness is a commit."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from threading import enumerate as running_threads
from time import monotonic

import pytest
from store_events import NOW, together
from store_server import Server

from app.store import Store

LONG = 20.0


def hears(store: Store, ring: Callable[[], None]) -> bool:
    """Ring until it was heard, as events keep coming; False after a long time."""
    heard: list[bool] = []
    waiting = Thread(target=lambda: heard.append(store.bell.wait(LONG)))
    waiting.start()
    while waiting.is_alive():
        ring()
        waiting.join(0.05)
    return heard == [True]


def test_it_wakes_its_own_process(store: Store) -> None:
    store.bell.ring()

    assert store.bell.wait(LONG)


def test_it_wakes_another_process(store: Store, another) -> None:
    other = another()

    assert hears(store, other.bell.ring)


def test_it_returns_when_nobody_rings(store: Store) -> None:
    assert not store.bell.wait(0.01)
    assert not store.bell.wait(-1)


def test_it_rings_once_for_many(store: Store) -> None:
    store.bell.wait(0)

    for _ in range(100):
        store.bell.ring()

    assert store.bell.wait(LONG)
    while store.bell.wait(0.2):  # the ring of another process may come a little later
        pass
    assert not store.bell.wait(0.01)


def test_it_never_blocks_when_nobody_listens(store: Store) -> None:
    """A pipe holds 64 KiB; then it is full."""
    began = monotonic()

    for _ in range(70_000):
        store.bell.ring()

    assert monotonic() - began < LONG
    assert store.bell.wait(LONG)


def test_it_is_one_bell_however_many_threads_ask_for_it_first(store: Store) -> None:
    assert len({id(bell) for bell in together(8, lambda _: store.bell)}) == 1


def test_it_leaves_nothing_behind_and_is_silent_once_closed(another) -> None:
    store = another()
    store.bell.ring()
    store.bell.wait(LONG)
    bell = store.bell

    bell.close()

    bell.ring()
    assert "bell" not in {thread.name for thread in running_threads()}
    store._bell = None


@pytest.mark.parametrize("obstacle", ["file", "folder"])
def test_it_does_without_a_pipe_where_there_can_be_none(tmp_path: Path, obstacle: str) -> None:
    path = tmp_path / "bridge.db.bell"
    path.mkdir() if obstacle == "folder" else path.touch()
    store = Store(f"sqlite:///{tmp_path}/bridge.db")

    store.bell.ring()

    assert not store.bell.wait(0.01)
    assert obstacle == "folder" or path.read_bytes() == b""
    store.close()


def test_it_listens_again_after_its_connection_was_lost(postgresql_url: str) -> None:
    listener, ringer = Store(postgresql_url), Store(postgresql_url)
    assert hears(listener, ringer.bell.ring)
    server = Server(postgresql_url)
    server.go_away()

    listener.bell.wait(0.01)
    ringer.bell.ring()
    listener.bell.ring()
    assert listener.bell.wait(LONG)  # its own process still wakes it

    server.come_back()
    assert hears(listener, ringer.bell.ring)
    listener.close()
    ringer.close()


def test_a_lost_connection_is_no_ring_and_what_rings_elsewhere_meanwhile_is_heard(postgresql_url: str) -> None:
    listener, ringer = Store(postgresql_url), Store(postgresql_url)
    assert hears(listener, ringer.bell.ring)
    while listener.bell.wait(0.2):  # what rang twice
        pass
    Server(postgresql_url).cut()

    assert not listener.bell.wait(0.01)
    assert hears(listener, ringer.bell.ring)
    listener.close()
    ringer.close()


def test_it_is_ready_when_a_commit_can_be_made(store: Store, another) -> None:
    stores = [another() for _ in range(4)]

    together(8, lambda place: stores[place % 4].ready(NOW))

    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM heartbeats").scalar() == 1

"""Clearing a source: it locks in the order in which an erasure does, persons first."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa
from store_events import NOW, arrival, event, pending

from app.contact import Contact
from app.store import Errand, Store

WAITING = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def told(postgresql_url: str) -> Iterator[Store]:
    """Somebody of whom two sources told, and the event that asks to clear one of them."""
    with closing(Store(postgresql_url)) as store:
        store.inbox.add(arrival(NOW, event("e1"), event("e2", source="form"), event("redact")))
        store.received.map(lambda _: pending(Contact(email="ana@example.com")), NOW)
        yield store


def test_it_waits_for_who_holds_a_person_without_holding_their_events(told: Store, postgresql_url: str) -> None:
    with closing(Store(postgresql_url)) as other, other.database.writing() as connection:
        connection.exec_driver_sql("UPDATE persons SET name = 'Ana'")  # as an erasure: the person first
        clearing = threading.Thread(target=told.clearing.clear, args=(errand(), NOW))
        clearing.start()
        wait_until_somebody_waits(told)
        connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        connection.exec_driver_sql("UPDATE events SET notes = NULL WHERE event_id = 'e1'")  # then their events
    clearing.join(10)

    assert not clearing.is_alive()
    assert told.log.event("shop", "e1").body == b""  # type: ignore[union-attr] # it is there


def errand() -> Errand:
    return Errand(3, event("redact"), "main", 0, None)


def wait_until_somebody_waits(store: Store) -> None:
    for _ in range(10_000):
        with store.database.reading() as connection:
            if connection.execute(WAITING).scalar():
                return
    raise AssertionError

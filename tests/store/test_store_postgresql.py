"""PostgreSQL: durable whatever the server's default, and back by itself after the server was."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_events import NOW, ana, arrival, ended, event, said, statuses, wait_for
from store_server import Server

from app.contact import Contact, Meaning
from app.errors import StoreUnavailableError
from app.mapping import Mapped
from app.store import Store, Whom
from app.store.database import Lock, one_at_a_time
from app.store.gaps import mark_restored, to_be_looked_up
from app.store.lost_key import LostKey
from app.store.settlements import write
from app.webhook import EventStatus


@pytest.fixture
def server(postgresql_url: str) -> Server:
    return Server(postgresql_url)


@pytest.fixture
def database(postgresql_url: str) -> Iterator[Store]:
    with closing(Store(postgresql_url)) as store:
        store.migrate()
        yield store


def test_it_is_durable_whatever_the_default_is(postgresql_url: str, server: Server) -> None:
    server.run("ALTER DATABASE {name} SET synchronous_commit = off")

    with closing(Store(postgresql_url)) as store, store.database.writing() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "1min"


def test_it_recovers_when_its_connections_were_cut(database: Store, server: Server) -> None:
    database.inbox.add(arrival(NOW, "e1"))
    server.cut()

    with pytest.raises(StoreUnavailableError):
        database.inbox.add(arrival(NOW, "e2"))

    assert database.inbox.add(arrival(NOW, "e2")) == [True]


def test_it_says_so_while_the_database_is_gone_and_recovers(database: Store, server: Server) -> None:
    wait_for(database, NOW, "e1")
    (claim,) = database.claims.claim(NOW, 1, ["main"])
    server.go_away()

    for call in (
        lambda: database.inbox.add(arrival(NOW, "e2")),
        lambda: database.claims.settle(ended(claim, NOW)),
        lambda: database.claims.next_due(["main"]),
        lambda: database.ready(NOW),
        database.migrate,
    ):
        with pytest.raises(StoreUnavailableError):
            call()

    server.come_back()
    assert database.inbox.add(arrival(NOW, "e2")) == [True]
    assert database.claims.settle(ended(claim, NOW))
    assert statuses(database) == {"e1": "delivered", "e2": "received"}


def test_it_keeps_nothing_of_a_transaction_that_was_cut(database: Store, server: Server) -> None:
    def write() -> None:
        with database.database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO heartbeats VALUES ('half', 1)")
            server.cut()
            connection.exec_driver_sql("INSERT INTO heartbeats VALUES ('whole', 1)")

    with pytest.raises(StoreUnavailableError):
        write()

    with database.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM heartbeats").scalar() == 0


def test_it_says_so_when_the_server_is_a_standby(database: Store, server: Server) -> None:
    """After a failover the old primary may answer, but it takes no writes."""
    server.run("ALTER DATABASE {name} SET default_transaction_read_only = on")
    database.database.engine.dispose()

    with pytest.raises(StoreUnavailableError, match="read-only"):
        database.inbox.add(arrival(NOW, "e1"))


def test_it_tells_nothing_of_the_event_that_it_could_not_keep(database: Store, server: Server) -> None:
    server.go_away()

    with pytest.raises(StoreUnavailableError) as caught:
        database.inbox.add(arrival(NOW, event("secret-id", body=b"secret@example.com")))

    assert "secret" not in str(caught.value)
    server.come_back()


def test_more_of_a_person_is_mapped_while_they_are_being_settled(database: Store) -> None:
    wait_for(database, NOW, "e1", mapper=said({"e1": Contact(email="a@example.com")}))
    (claim,) = database.claims.claim(NOW, 1, ["main"])
    database.inbox.add(arrival(NOW, "e2"))

    with database.database.writing() as connection:
        write(connection, [ended(claim, NOW)])
        mapped = database.received.map(said({"e2": Contact(email="a@example.com", user_id="x:a")}), NOW)

    assert [verdict.status for verdict in mapped] == ["pending"]


def test_an_erasure_is_not_stopped_by_news_of_the_same_person(database: Store, server: Server) -> None:
    """It has the person and waits for the ties; whoever maps has the ties, and must not wait for the person."""
    everywhere = Whom(frozenset({("email", "ana@example.com")}), ("main",))
    database.erasure.erase(everywhere, NOW - timedelta(days=1))
    wait_for(database, NOW, "e1", mapper=ana)  # somebody who came back
    database.inbox.add(arrival(NOW, "e2"))

    with ThreadPoolExecutor() as pool:
        with database.database.writing() as connection:
            one_at_a_time(connection, Lock.TIES)
            mapped = pool.submit(database.received.map, ana, NOW)
            server.wait_for_a_lock()
            erased = pool.submit(database.erasure.erase, everywhere, NOW + timedelta(minutes=1))
            server.wait_for_a_lock(2)

        assert erased.result(20).persons == 1
        with pytest.raises(StoreUnavailableError):
            mapped.result(20)
    assert [verdict.reason for verdict in database.received.map(ana, NOW)] == [
        "this person was erased, after this happened"
    ]


@pytest.mark.parametrize("table", ["persons", "events"])
def test_whoever_waits_for_persons_or_events_has_not_the_ties(database: Store, server: Server, table: str) -> None:
    """Whoever has a person, or an event, may want the ties next."""
    asks = Mapped(EventStatus.PENDING, contact=Contact(email="ana@example.com"), meaning=Meaning.ERASE)
    wait_for(database, NOW, "e1", mapper=lambda _: ("main", asks))
    early = NOW - timedelta(minutes=1)
    work = {
        "persons": lambda: mark_restored(database.database, NOW),
        "events": lambda: LostKey(database.database, "00").give_up(early),
    }

    with ThreadPoolExecutor() as pool:
        with database.database.writing() as connection:
            connection.exec_driver_sql(f"SELECT * FROM {table} FOR UPDATE")
            waiting = pool.submit(work[table])
            server.wait_for_a_lock()
            one_at_a_time(connection, Lock.TIES)
        waiting.result(20)
    if table == "persons":
        assert to_be_looked_up(database.database) == 1
    else:
        assert database.claims.next_due(["main"]) == early


def test_a_claim_does_not_keep_other_machines_from_adding_to_its_persons(database: Store, postgresql_url: str) -> None:
    """A mapping never waits for a person, so it would have to be made again."""
    wait_for(database, NOW, "e1", mapper=ana)
    database.inbox.add(arrival(NOW, "e2"))
    further = Contact(email="ana@example.com", phone="+14155550100")
    mapped: list[EventStatus] = []

    def map_elsewhere(_connection: sa.Connection) -> None:
        with closing(Store(postgresql_url)) as other:
            mapped.extend(each.status for each in other.received.map(said({"e2": further}), NOW))

    sa.event.listen(database.database.engine, "commit", map_elsewhere, once=True)
    database.claims.claim(NOW, 1, ["main"])

    assert mapped == [EventStatus.PENDING]

"""PostgreSQL: durable whatever the server's default, and back by itself after the server was."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from store_events import NOW, arrival, ended, event, statuses, wait_for
from store_server import Server

from app.errors import StoreUnavailableError
from app.store import Store


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

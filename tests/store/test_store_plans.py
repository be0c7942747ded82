"""Plans: what is asked all the time walks an index, however many events there are."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_events import NOW, somebody, wait_for

from app.store import Filter, Retention, Store
from app.webhook import EventStatus

MINUTE = timedelta(minutes=1)
ASKED = {
    "next_due": (lambda store: store.claims.next_due(["main", "other"]), "ix_events_due"),
    "claim": (lambda store: store.claims.claim(NOW - MINUTE, 16, ["main", "other"]), "ix_events_due"),
    "newcomers": (
        lambda store: store.newcomers.page("main", NOW - MINUTE, 100, (NOW - MINUTE * 2, 1)),
        "ix_events_due",
    ),
    "waiting": (lambda store: store.newcomers.waiting("main", NOW - MINUTE, 100, ["other"]), "ix_events_due"),
    "map": (lambda store: store.received.map(somebody, NOW), "ix_events_status"),
    "oldest_waiting": (lambda store: store.log.oldest_waiting(), "ix_events_status"),
    "failed": (lambda store: store.log.events(Filter(status=EventStatus.FAILED)), "ix_events_status"),
    "empty": (lambda store: Retention(store.database, 30).empty(NOW), "ix_events_spent"),
    "forget": (lambda store: Retention(store.database, 30).forget(NOW), "ix_events_emptied"),
    "person": (lambda store: store.log.events(Filter(person="ana@example.com")), "identities"),
}


def explained(store: Store, ask: Callable[[Store], object]) -> str:
    """Return the plans of the queries that ``ask`` makes."""
    engine, queries = store.database.engine, []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith("SELECT events"):
            queries.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    ask(store)
    sa.event.remove(engine, "before_cursor_execute", note)
    with store.database.reading() as connection:
        if not store.database.is_sqlite:  # with a handful of rows it would rather read them all
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
        return "\n".join(
            str(row) for query in queries for row in connection.exec_driver_sql(explain + query[0], query[1])
        )


@pytest.mark.parametrize("name", ASKED)
def test_it_walks_an_index(store: Store, name: str) -> None:
    ask, index = ASKED[name]
    wait_for(store, NOW, *(f"e{number}" for number in range(50)))

    plan = explained(store, ask)

    assert index in plan
    assert not any(whole in plan for whole in ("Seq Scan", "SCAN events'", "SCAN identities"))
    assert name == "person" or not any(sort in plan for sort in ("FOR ORDER BY", "Sort Key"))


def test_it_walks_the_queue_though_postgresql_believes_that_it_is_empty(postgresql_url: str) -> None:
    store = Store(postgresql_url)
    store.migrate()
    said: list[tuple[str, object]] = []
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE events SET (autovacuum_enabled = off)")
    wait_for(store, NOW, *(f"e{number}" for number in range(300)))

    @sa.event.listens_for(store.database.engine, "before_cursor_execute")
    def _note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        said.append((statement, parameters))

    store.claims.next_due(["main"])
    store.claims.claim(NOW - MINUTE, 16, ["main"])
    sa.event.remove(store.database.engine, "before_cursor_execute", _note)
    with store.database.reading() as connection:
        plans = [
            str(row)
            for statement, parameters in said
            for row in connection.exec_driver_sql(
                f"EXPLAIN {statement}" if "due_at" in statement else statement, parameters
            )
        ]

    assert sum("ix_events_due" in line for line in plans) == 2
    assert not any(way in line for line in plans for way in ("Sort", "Seq Scan", "Hash"))
    store.close()


def test_it_counts_without_reading_the_events_themselves(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.migrate()

    assert "COVERING INDEX ix_events_status" in explained(store, lambda store: store.log.counts())

    store.close()

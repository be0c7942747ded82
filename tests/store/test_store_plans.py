"""Plans: what is asked all the time walks an index, however many events there are."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_events import NOW, arrival, somebody, wait_for

from app.store import Filter, Retention, Store
from app.store.many_events import extent
from app.webhook import EventStatus

MINUTE = timedelta(minutes=1)
OLDER = """
INSERT INTO events
    (source, event_id, event_type, test, occurred_at, received_at, content_type, status, person_id, settled_at)
SELECT 'shop', 'old' || number, 'signup', false, 0, 0, '', 'delivered', 1 + mod(number, 300), 0
FROM generate_series(1, 3000) AS number
"""
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


def explained(store: Store, ask: Callable[[Store], object], *beginnings: str) -> str:
    """Return the plans of the queries that ``ask`` makes, by default of those that begin with columns of events."""
    engine, queries = store.database.engine, []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith(beginnings or ("SELECT events",)):
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


DAY = [NOW - MINUTE * minutes for minutes in (60, 30, 0)]
SEEN = {  # what the operator's desk asks, however many events there are
    "newest": (lambda store: store.browsing.page(Filter()), "events"),
    "a status": (lambda store: store.browsing.page(Filter(status=EventStatus.FAILED)), "ix_events_status"),
    "a source": (lambda store: store.browsing.page(Filter(source="shop")), "ix_events_status"),
    "a type": (lambda store: store.browsing.page(Filter(event_type="signup")), "events"),
    "a time": (lambda store: store.browsing.page(Filter(since=NOW - MINUTE, until=NOW)), "events"),
    "an id": (lambda store: store.browsing.page(Filter(search="e7")), "uq_events_source_event_id"),
    "ids": (lambda store: store.log.events(Filter(event_ids=["e7"])), "uq_events_source_event_id"),
    "an address": (lambda store: store.browsing.page(Filter(search="e7@example.com")), "ix_events_person"),
    "a person": (lambda store: store.browsing.page(Filter(person_id=7)), "ix_events_person"),
    "what is replayed of it": (lambda store: extent(store.database, Filter(search="e7")), "ix_events_person"),
    "counts": (lambda store: store.browsing.counts_between(DAY), "ix_events_status"),
    "the last of each": (lambda store: store.browsing.last_of_each(["shop", "form"]), "events"),
    "persons": (lambda store: store.directory.newest(), "persons"),
    "somebody": (lambda store: store.directory.named(["e7@example.com"]), "identities"),
    "their consents": (lambda store: store.directory.consents(7), "ix_events_person"),
    "refusals": (lambda store: store.refusals.newest("shop"), "ix_refusals_source_id"),
}


@pytest.mark.parametrize("name", SEEN)
def test_it_reads_no_table_whole_for_the_desk(store: Store, name: str) -> None:
    ask, index = SEEN[name]
    wait_for(store, NOW, *(f"e{number}" for number in range(50)))

    plan = explained(store, ask, "SELECT", "WITH")

    assert index in plan
    whole = [table for table in ("events", "persons", "identities", "attempts") if f"SCAN {table}'" in plan]
    assert "Seq Scan on" not in plan
    assert whole in ([], ["events"] if name == "newest" else [], ["persons"] if name == "persons" else [])


@pytest.fixture
def filling_up(postgresql_url: str) -> Iterator[Store]:
    """A database of which PostgreSQL believes that it is empty, as it does of one that has just begun to fill up."""
    with closing(Store(postgresql_url)) as store:
        store.migrate()
        wait_for(store, NOW, *(f"e{number}" for number in range(300)), most=300)
        yield store


def plans(store: Store, word: str, ask: Callable[[], object]) -> list[str]:
    """Return the lines of the plans that PostgreSQL makes, as it is set then, for queries with a word in them."""
    said: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith("SELECT"):
            said.append((statement, parameters))

    sa.event.listen(store.database.engine, "before_cursor_execute", note)
    ask()
    sa.event.remove(store.database.engine, "before_cursor_execute", note)
    with store.database.reading() as connection:
        return [
            str(row)
            for statement, parameters in said
            for row in connection.exec_driver_sql(
                f"EXPLAIN {statement}" if word in statement else statement, parameters
            )
        ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.claims.next_due(["main"]),
        lambda store: store.claims.claim(NOW - MINUTE, 16, ["main"]),
        lambda store: store.newcomers.page("main", NOW, 100),
    ],
    ids=["next_due", "claim", "newcomers"],
)
def test_it_walks_the_queue_though_postgresql_believes_that_it_is_empty(filling_up: Store, ask) -> None:
    lines = plans(filling_up, "due_at", lambda: ask(filling_up))

    assert sum("ix_events_due" in line for line in lines) == 1
    assert not any(way in line for line in lines for way in ("Sort", "Seq Scan", "Hash"))


def test_it_looks_for_a_persons_earlier_events_among_the_persons_own(filling_up: Store) -> None:
    """Nothing waited when PostgreSQL looked last, so it believes that all that waits is read quicker than theirs."""
    with filling_up.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET due_at = NULL, settled_at = 0, status = 'delivered'")
        connection.exec_driver_sql(OLDER)
        connection.exec_driver_sql("ANALYZE events, persons")
    wait_for(filling_up, NOW, "late")

    lines = plans(filling_up, "due_at", lambda: filling_up.newcomers.page("main", NOW, 100))

    assert any("ix_events_person on events earlier" in line for line in lines)


@pytest.mark.parametrize("analyzed", [False, True])
def test_it_looks_for_people_in_one_walk_of_the_index_whatever_postgresql_believes(
    filling_up: Store, *, analyzed: bool
) -> None:
    filling_up.inbox.add(arrival(NOW, *(f"n{number}" for number in range(200))))
    if analyzed:
        with filling_up.database.writing() as connection:
            connection.exec_driver_sql("ANALYZE identities")

    lines = plans(filling_up, "identities.value IN", lambda: filling_up.received.map(somebody, NOW))

    assert sum("identities_pkey" in line for line in lines) == 1
    assert not any("Seq Scan" in line for line in lines)


def test_it_counts_without_reading_the_events_themselves(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.migrate()

    assert "COVERING INDEX ix_events_status" in explained(store, lambda store: store.log.counts())

    store.close()

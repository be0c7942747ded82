"""Replays in batches, and the events that they are compared with."""

from collections.abc import Callable
from datetime import timedelta

from store_events import NOW, ana, arrival, claimed, ended, replayed, somebody, statuses, together, wait_for

from app.store import Filter, Store
from app.store.many_events import extent, selected
from app.store.migrate import HEAD
from app.store.replays import _put_back
from app.webhook import EventStatus

MINUTE = timedelta(minutes=1)


def many(store: Store, count: int) -> list[str]:
    names = [f"e{number:03}" for number in range(count)]
    store.inbox.add(arrival(NOW, *names))
    return names


def empty(store: Store, event_id: str) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE events SET body = NULL WHERE event_id = '{event_id}'")


def test_it_puts_back_each_event_once_in_the_order_in_which_they_came(store: Store) -> None:
    names = many(store, 7)

    assert [event_id for _, event_id in replayed(store, Filter(source="shop"), 3)] == names


def test_it_takes_nothing_that_comes_while_it_runs(store: Store) -> None:
    names = many(store, 4)
    batches = store.replays.batches(Filter(), NOW, 2)

    first = next(batches)
    store.inbox.add(arrival(NOW, "later"))

    assert [event_id for batch in (first, *batches) for _, event_id in batch.changed] == names


def test_it_takes_nothing_twice_that_fails_again_meanwhile(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", "e3")
    _fail_all(store)
    found = []
    for batch in store.replays.batches(Filter(status=EventStatus.FAILED), NOW, 1):
        found += [event_id for _, event_id in batch.changed]
        store.received.map(somebody, NOW)
        _fail_all(store)

    assert found == ["e1", "e2", "e3"]
    assert set(statuses(store).values()) == {"failed"}


def _fail_all(store: Store) -> None:
    for claim in store.claims.claim(NOW, 9, ["main"]):
        store.claims.settle(ended(claim, NOW, EventStatus.FAILED))


def test_it_can_be_left_between_two_batches(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", "e3")
    _fail_all(store)

    next(store.replays.batches(Filter(), NOW, 2))

    assert statuses(store) == {"e1": "received", "e2": "received", "e3": "failed"}


def test_it_says_how_many_there_are(store: Store) -> None:
    many(store, 3)
    empty(store, "e001")

    assert extent(store.database, Filter(event_ids=["e000", "e001"]))[0] == 2
    assert extent(store.database, Filter(source="none")) == (0, 0)
    (batch,) = store.replays.batches(Filter(), NOW)
    assert (len(batch.changed), batch.unfit, batch.seen) == (2, 1, 3)


def test_it_neither_waits_for_nor_takes_what_another_process_claims_at_this_moment(
    store: Store, another: Callable[[], Store]
) -> None:
    wait_for(store, NOW, *(f"e{number}" for number in range(30)))
    other = another()

    def work(place: int) -> list[str]:
        if place:
            return [event_id for _, event_id in replayed(store, Filter(), 5)]
        return claimed(other, NOW, most=30)

    taken, again = together(2, work)

    assert set(taken).isdisjoint(again)
    assert {name for name, status in statuses(store).items() if status == "received"} == set(again)


def test_it_leaves_alone_what_is_not_meant_any_more_when_it_is_locked(store: Store) -> None:
    names = many(store, 3)
    failed = Filter(status=EventStatus.FAILED)
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET status = 'failed'")
        found = selected(connection, failed, 0, 99, 10)
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET status = 'delivered' WHERE event_id = 'e001'")

    with store.database.writing() as connection:
        batch = _put_back(connection, failed, found, NOW)

    assert [event_id for _, event_id in batch.changed] == [names[0], names[2]]
    assert statuses(store)["e001"] == "delivered"


def test_the_archive_reads_the_newest_whole_events_first(store: Store) -> None:
    many(store, 5)
    store.inbox.add(arrival(NOW, "last"))
    empty(store, "e003")

    found = list(store.archive.latest(3))

    assert [kept.event.event_id for kept in found] == ["last", "e004", "e002"]
    assert store.archive.emptied(found[-1].row) == 1
    assert store.archive.emptied(found[0].row) == 0
    assert list(store.archive.latest(3, "desk")) == []


def test_the_archive_reads_more_than_one_helping(store: Store) -> None:
    names = many(store, 450)

    assert [kept.event.event_id for kept in store.archive.latest(430)] == names[::-1][:430]
    assert [kept.event.event_id for kept in store.archive.selected(Filter())] == names


def test_the_archive_knows_what_is_being_delivered_and_what_is_empty(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    store.claims.claim(NOW, 1, ["main"])
    store.inbox.add(arrival(NOW, "e3"))
    empty(store, "e3")

    assert [(kept.busy, kept.gone) for kept in store.archive.selected(Filter())] == [
        (True, False), (True, False), (False, True),
    ]  # fmt: skip


def test_only_a_database_of_this_version_is_up_to_date(store: Store, another: Callable[[], Store]) -> None:
    assert another().up_to_date

    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    assert not another().up_to_date
    with store.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")

"""The hours in which sources speak: how they are counted, when a silence is unusual, and what is forgotten."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from store_events import NOW, arrival, replayed, somebody, together

from app.store import Filter, Store
from app.store.hours import note
from app.store.tables import source_hours

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def came(store: Store, *times: datetime, source: str = "shop") -> None:
    with store.database.writing() as connection:
        note(connection, [(source, at) for at in times])


def rows(store: Store) -> list[tuple[str, datetime, int, datetime]]:
    with store.database.reading() as connection:
        ordered = sa.select(source_hours).order_by(source_hours.c.source, source_hours.c.hour)
        return [(row.source, row.hour, row.received, row.last_at) for row in connection.execute(ordered)]


def test_mapping_counts_events_in_the_hour_that_they_came_in(store: Store) -> None:
    later = NOW + timedelta(minutes=20)
    store.inbox.add(arrival(NOW, "e1", "e2"))
    store.inbox.add(arrival(later, "e3"))
    store.inbox.add(arrival(NOW + HOUR, "e4"))
    store.received.map(somebody, NOW + HOUR, most=2)
    store.received.map(somebody, NOW + HOUR)

    assert rows(store) == [("shop", NOW, 3, later), ("shop", NOW + HOUR, 1, NOW + HOUR)]


def test_a_replay_is_no_news_of_a_source(store: Store) -> None:
    store.inbox.add(arrival(NOW, "e1"))
    store.received.map(somebody, NOW)

    assert replayed(store, Filter(source="shop"))
    store.received.map(somebody, NOW)

    assert [row[2] for row in rows(store)] == [1]


def test_what_is_noted_late_takes_back_nothing(store: Store) -> None:
    came(store, NOW + timedelta(minutes=9))
    came(store, NOW)

    assert rows(store) == [("shop", NOW, 2, NOW + timedelta(minutes=9))]
    assert store.hours.last("shop") == NOW + timedelta(minutes=9)
    assert store.hours.last("form") is None


def test_several_processes_count_together(store: Store) -> None:
    together(4, lambda place: came(store, *[NOW + place * HOUR] * 5, NOW))

    assert [row[2] for row in rows(store)] == [9, 5, 5, 5]


def test_a_source_is_quiet_when_it_is_silent_for_longer_than_half_as_much_again(store: Store) -> None:
    habit = [NOW - number * 6 * HOUR for number in range(12)]
    came(store, *habit)

    assert store.hours.quiet("shop", NOW + 9 * HOUR) is None
    assert store.hours.quiet("shop", NOW + 9 * HOUR + timedelta(minutes=1)) == NOW
    came(store, NOW + 10 * HOUR)
    assert store.hours.quiet("shop", NOW + 10 * HOUR) is None


def test_a_nights_rest_is_no_silence_for_who_works_by_day(store: Store) -> None:
    came(store, *[NOW - day * DAY + hour * HOUR for day in range(9) for hour in range(8)])
    end = NOW + 7 * HOUR

    assert store.hours.quiet("shop", end + 24 * HOUR) is None
    assert store.hours.quiet("shop", end + 26 * HOUR) == end


def test_three_hours_are_the_shortest_silence(store: Store) -> None:
    came(store, *[NOW - number * HOUR for number in range(20)])

    assert store.hours.quiet("shop", NOW + 3 * HOUR) is None
    assert store.hours.quiet("shop", NOW + 3 * HOUR + timedelta(seconds=1)) == NOW


@pytest.mark.parametrize(("hours", "quiet"), [(9, False), (10, True)])
def test_a_habit_takes_ten_hours(store: Store, hours: int, *, quiet: bool) -> None:
    came(store, *[NOW - number * HOUR for number in range(hours)])

    assert bool(store.hours.quiet("shop", NOW + 90 * HOUR)) is quiet


def test_only_the_last_28_days_are_a_habit_and_each_source_has_its_own(store: Store) -> None:
    came(store, NOW - 60 * DAY, NOW - 40 * DAY, *[NOW - number * HOUR for number in range(12)])
    came(store, *[NOW - number * DAY for number in range(12)], source="form")

    assert store.hours.quiet("shop", NOW + 4 * HOUR) == NOW
    assert store.hours.quiet("form", NOW + 4 * HOUR) is None


def test_a_silence_stays_known_however_long_it_lasts(store: Store) -> None:
    came(store, *[NOW - number * HOUR for number in range(12)])

    store.hours.forget()

    assert store.hours.quiet("shop", NOW + 400 * DAY) == NOW


def test_hours_that_are_no_part_of_a_habit_are_forgotten(store: Store) -> None:
    came(store, NOW - 28 * DAY - HOUR, NOW - 28 * DAY, NOW)
    came(store, NOW - 90 * DAY, source="form")

    assert store.hours.forget() == 1
    assert [(row[0], row[1]) for row in rows(store)] == [
        ("form", NOW - 90 * DAY), ("shop", NOW - 28 * DAY), ("shop", NOW),
    ]  # fmt: skip

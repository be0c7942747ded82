"""How things are going: counted by the hour in which events came, and how the upstream is."""

from datetime import timedelta

import pytest
from desk_kit import START, Desk, configuration

from app.desk import overview, sources
from app.desk.upstream import upstreams
from app.store import EVERYBODY, Hold, PauseKind
from app.store.borders import first_rows
from app.webhook import EventStatus

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_it_counts_what_came_in_each_hour_by_what_became_of_it(desk: Desk) -> None:
    desk.deliver("e1")
    desk.later(minutes=59)
    desk.fail("e2")
    desk.later(minutes=1)
    desk.arrive("e3")
    desk.arrive("e4", type="ignore", email="nobody")
    desk.later(hours=2)
    desk.arrive("e5", "shop")

    spans = overview.history(desk.store, desk.clock())

    assert len(spans) == 24
    assert (spans[0].start, spans[-1].start) == (START - 20 * HOUR, START + 3 * HOUR)
    assert {each.start: each for each in spans if each.accepted} == {
        START: overview.Span(START, delivered=1, failed=1),
        START + HOUR: overview.Span(START + HOUR, waiting=1, failed=1),
        START + 3 * HOUR: overview.Span(START + 3 * HOUR, waiting=1),
    }


def test_it_counts_by_days_and_leaves_out_what_is_older(desk: Desk) -> None:
    desk.deliver("old")
    desk.later(days=40)
    desk.deliver("e1")
    desk.later(days=1)
    desk.deliver("e2")

    spans = overview.history(desk.store, desk.clock(), "month")

    midnight = START.replace(hour=0)
    assert [each.start for each in spans] == [midnight + DAY * number for number in range(12, 42)]
    assert [each.delivered for each in spans] == [0] * 28 + [1, 1]


def test_it_counts_nothing_where_nothing_came(desk: Desk) -> None:
    assert {each.accepted for each in overview.history(desk.store, desk.clock())} == {0}


def test_the_border_of_an_hour_is_found_among_gaps(desk: Desk) -> None:
    for number in range(12):
        desk.arrive(f"e{number}")
        desk.later(minutes=10)
    rows = [desk.event(f"e{number}")["id"] for number in range(12)]
    gone = desk.store.database
    with gone.writing() as connection:
        connection.exec_driver_sql(f"DELETE FROM events WHERE id IN ({rows[0]}, {rows[5]}, {rows[6]}, {rows[11]})")

    moments = [START + timedelta(minutes=minutes) for minutes in (-5, 0, 15, 50, 55, 65, 100, 101, 500)]
    with gone.reading() as connection:
        borders = first_rows(connection, moments)

    later = [
        [row for row in rows if row >= border and row not in (rows[0], rows[5], rows[6], rows[11])]
        for border in borders
    ]
    assert [len(each) for each in later] == [8, 8, 7, 4, 4, 4, 1, 0, 0]


@pytest.mark.parametrize(
    ("hold", "state", "words"),
    [
        (Hold.DOWN, "down", "does not answer, or answers with errors (502)"),
        (Hold.KEY_REFUSED, "key refused", "refuses the API key (502)"),
        (Hold.LIMITED, "limited", "said that everybody shall wait (502)"),
    ],
)
def test_it_says_what_is_wrong_with_the_upstream(desk: Desk, hold: Hold, state: str, words: str) -> None:
    desk.store.orgs.hold(EVERYBODY if hold is Hold.LIMITED else "main", hold, "502", START)

    main, other = upstreams(desk.bridge.config, desk.store, desk.clock())

    assert (main.state, main.words, main.since) == (state, words, START)
    assert main.probe_at
    assert other.state == ("limited" if hold is Hold.LIMITED else "up")


@pytest.mark.parametrize(("took", "state", "words"), [(200, "up", "200 ms"), (4_000, "slow", "4.0 s")])
def test_it_is_slow_where_deliveries_take_long(desk: Desk, took: int, state: str, words: str) -> None:
    for number in range(6):
        desk.arrive(f"e{number}")
    desk.settle(took=took)

    lately = upstreams(desk.bridge.config, desk.store, desk.clock())
    desk.later(hours=1)
    after = upstreams(desk.bridge.config, desk.store, desk.clock())

    assert [each.state for each in lately] == [state, "up"]
    assert lately[0].words == f"a delivery takes {words}"
    assert [each.state for each in after] == ["up", "up"]


def test_it_says_what_is_paused(desk: Desk) -> None:
    desk.store.pauses.pause(PauseKind.ORG, "main", START)
    desk.store.pauses.pause(PauseKind.SOURCE, "shop", START)

    assert [each.paused for each in upstreams(desk.bridge.config, desk.store, START)] == [START, None]
    views = sources.views(desk.bridge.config, desk.store, "http://here")
    assert {view.source.name: view.paused for view in views} == {"landing": None, "shop": START, "branch": None}


def test_a_source_tells_its_last_event_and_its_last_refusal(desk: Desk) -> None:
    desk.deliver("e1")
    desk.fail("e2")
    desk.arrive("e3", "shop", type="order")
    desk.store.refusals.note("landing", "wrong secret", "", START)
    desk.store.refusals.note("landing", "old secret", "", START)

    landing, shop, branch = sources.views(desk.bridge.config, desk.store, "http://here")

    assert landing.last
    assert (landing.last["event_id"], landing.last["status"]) == ("e2", EventStatus.FAILED)
    assert landing.refusal
    assert (landing.refusal.cause, landing.url) == ("old secret", "http://here/hooks/landing")
    assert shop.last
    assert (shop.last["event_type"], shop.refusal) == ("order", None)
    assert (branch.last, branch.refusal) == (None, None)
    assert sources.view(desk.bridge.config, desk.store, "landing", "http://here") == landing


def test_the_address_is_the_one_that_senders_reach(desk: Desk) -> None:
    config = configuration('[server]\npublic_url = "https://hooks.example.com"\n')

    assert sources.address(config, "shop", "http://127.0.0.1:8000") == "https://hooks.example.com/hooks/shop"

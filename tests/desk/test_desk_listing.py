"""Events page by page: found by every condition, each once, and the newest first."""

from datetime import timedelta

import pytest
from desk_kit import START, Desk

from app.desk import listing
from app.desk.cursors import cursor, row_of
from app.store import Filter
from app.store.browsing import Browsing
from app.webhook import EventStatus

HOUR = timedelta(hours=1)


def ids(desk: Desk, which: Filter, most: int = 50) -> list[str]:
    """Go through all pages."""
    found: list[str] = []
    after = None
    while True:
        rows, after = listing.page(desk.store, which, after, most)
        found += [row["event_id"] for row in rows]
        if after is None:
            return found


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """Six events, one every hour."""
    desk.deliver("e1", name="Ada", phone="+41446681800", user="7")
    desk.later(hours=1)
    desk.fail("e2", "shop", type="order")
    desk.later(hours=1)
    desk.deliver("e3", "branch", email="ada@example.com")
    desk.later(hours=1)
    desk.arrive("e4", email="e1@example.com")
    desk.later(hours=1)
    desk.arrive("e5", "shop")
    desk.later(hours=1)
    desk.deliver("e6", "shop", type="order", email="E1@Example.com")
    return desk


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Filter(), "e6 e5 e4 e3 e2 e1"),
        (Filter(status=EventStatus.PENDING), ""),
        (Filter(status=EventStatus.DELIVERED), "e6 e5 e4 e3 e1"),
        (Filter(status=EventStatus.FAILED), "e2"),
        (Filter(source="shop"), "e6 e5 e2"),
        (Filter(source="shop", status=EventStatus.DELIVERED), "e6 e5"),
        (Filter(event_type="order"), "e6 e2"),
        (Filter(event_type="order", source="shop", status=EventStatus.FAILED), "e2"),
        (Filter(since=START + 2 * HOUR), "e6 e5 e4 e3"),
        (Filter(until=START + 2 * HOUR), "e3 e2 e1"),
        (Filter(since=START + HOUR, until=START + 4 * HOUR, source="shop"), "e5 e2"),
        (Filter(since=START + 9 * HOUR), ""),
        (Filter(until=START - HOUR), ""),
        (Filter(search="e4"), "e4"),
        (Filter(search="e1@example.com"), "e6 e4 e1"),
        (Filter(search=" E1@EXAMPLE.com "), "e6 e4 e1"),
        (Filter(search="+41 44 668 18 00"), "e6 e4 e1"),
        (Filter(search="7"), "e6 e4 e1"),
        (Filter(search="nobody@example.com"), ""),
        (Filter(search="e1@example.com", source="shop"), "e6"),
        (Filter(person="e1@example.com", status=EventStatus.FAILED), ""),
        (Filter(event_ids=["e1", "e5"]), "e5 e1"),
        (Filter(source="nowhere"), ""),
    ],
    ids=str,
)
def test_it_finds_what_is_meant_on_pages_of_any_size(stocked: Desk, which: Filter, expected: str) -> None:
    found = {most: ids(stocked, which, most) for most in (1, 2, 50)}

    assert found == dict.fromkeys((1, 2, 50), expected.split())


def test_it_finds_an_event_whose_id_is_kept_as_a_hash(desk: Desk) -> None:
    desk.arrive("zoe.adler85")

    (found,) = ids(desk, Filter(search="zoe.adler85"))

    assert found.startswith("sha256:")
    assert ids(desk, Filter(search=found)) == [found]


@pytest.mark.parametrize(
    ("which", "pages"),
    [(Filter(event_type="signup"), [["e5"], ["e4", "e3"], ["e1"]]), (Filter(source="landing"), [["e4"], ["e1"]])],
    ids=str,
)
def test_a_page_goes_through_no_more_events_than_it_may(stocked: Desk, which: Filter, pages: list[list[str]]) -> None:
    browsing = Browsing(stocked.store.database, far=3, near=2)
    found: list[list[str]] = []
    before = None

    while not found or before is not None:
        rows, before = browsing.page(which, before)
        found.append([row["event_id"] for row in rows])

    assert found == pages


def test_a_page_stays_where_it_is_when_more_comes(stocked: Desk) -> None:
    _, after = listing.page(stocked.store, Filter(), None, 2)
    stocked.arrive("e7")

    rows, _ = listing.page(stocked.store, Filter(), after, 2)

    assert [row["event_id"] for row in rows] == ["e4", "e3"]


@pytest.mark.parametrize("text", ["", "7", "!!", "cm93IDA", "cm93IC0x", cursor(2**63), "é", "a", "x" * 1000])
def test_a_cursor_that_nobody_gave_out_begins_at_the_newest(stocked: Desk, text: str) -> None:
    rows, _ = listing.page(stocked.store, Filter(), text, 1)

    assert row_of(text) is None
    assert [row["event_id"] for row in rows] == ["e6"]


def test_refusals_and_actions_are_listed_alike(desk: Desk) -> None:
    for number in range(3):
        desk.store.refusals.note("shop", f"cause {number}", "", desk.clock())
        desk.store.actions.note("ada (console)", "pause", {"org": f"o{number}"}, desk.clock())

    refused, after = listing.refusals(desk.store, "shop", None, 2)
    older, none = listing.refusals(desk.store, "shop", after, 2)
    done, following = listing.actions(desk.store, None, 2)

    assert [each.cause for each in (*refused, *older)] == ["cause 2", "cause 1", "cause 0"]
    assert none is None
    assert [each.details for each in done] == [{"org": "o2"}, {"org": "o1"}]
    assert [each.details for each in listing.actions(desk.store, following)[0]] == [{"org": "o0"}]

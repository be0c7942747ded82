"""A person: found however they are written, with all that is known, page by page, until they are erased."""

import pytest
from desk_kit import START, Desk

from app.desk import people, steering
from app.desk.whom import whom_to_erase


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """Ada by three senders, Ben by one, and an Ada of another org."""
    desk.deliver("e1", email="ada@example.com", name="Ada", phone="+41446681800", yes="no")
    desk.deliver("e2", "shop", email="ADA@example.com", user="shop:7", yes="no")
    desk.later(days=1)
    desk.deliver("e3", email="ada@example.com", yes="yes")
    desk.deliver("e4", email="ben@example.com")
    desk.deliver("e5", "branch", email="ada@example.com", name="Ada too")
    return desk


@pytest.mark.parametrize("text", ["ada@example.com", " Ada@Example.com", "+41 44 668 18 00", "shop:7"])
def test_somebody_is_found_however_they_are_written(stocked: Desk, text: str) -> None:
    (found,) = people.find(stocked.store, text, "main")

    assert found.called == "Ada"
    assert found.org == "main"
    assert dict(found.known.identities) == {
        "email": "ada@example.com", "phone": "+41446681800", "user_id": "shop:7",
    }  # fmt: skip


def test_nobody_is_found_by_what_nobody_is_called(stocked: Desk) -> None:
    assert [people.find(stocked.store, text) for text in ("", "  ", "zoe@example.com", "Ada")] == [[], [], [], []]


def test_each_org_has_its_own_person(stocked: Desk) -> None:
    assert [each.org for each in people.find(stocked.store, "ada@example.com")] == ["main", "other"]


def test_everything_of_one_person_is_in_one_place(stocked: Desk) -> None:
    (found,) = people.find(stocked.store, "shop:7")

    view = people.person(stocked.store, found.id)

    assert view
    assert (view.org, view.since, view.known.contact_id) == ("main", START, f"c{found.id}")
    assert view.known.consent
    assert view.known.consent.state == "granted"
    assert [event["event_id"] for event in view.events] == ["e3", "e2", "e1"]
    assert [(each.state, each.event_id) for each in view.consents] == [("granted", "e3"), ("refused", "e1")]


def test_their_events_come_page_by_page(stocked: Desk) -> None:
    (found,) = people.find(stocked.store, "shop:7")

    first = people.person(stocked.store, found.id, None, 2)
    assert first
    second = people.person(stocked.store, found.id, first.next_cursor, 2)

    assert second
    assert [event["event_id"] for event in second.events] == ["e1"]
    assert second.next_cursor is None


def test_who_became_known_last_comes_first(stocked: Desk) -> None:
    first, after = people.newest(stocked.store, None, None, 2)
    second, none = people.newest(stocked.store, None, after, 2)

    assert [(each.called, each.org) for each in (*first, *second)] == [
        ("Ada too", "other"), ("ben@example.com", "main"), ("Ada", "main"),
    ]  # fmt: skip
    assert none is None
    assert [each.called for each in people.newest(stocked.store, "other")[0]] == ["Ada too"]


def test_who_was_erased_is_there_no_more(stocked: Desk) -> None:
    (found,) = people.find(stocked.store, "shop:7")

    steering.erase(stocked.bridge, whom_to_erase(stocked.bridge.config, "shop:7", "main"), "ada (console)")

    assert people.person(stocked.store, found.id) is None
    assert people.find(stocked.store, "ada@example.com", "main") == []
    assert [each.org for each in people.find(stocked.store, "ada@example.com")] == ["other"]

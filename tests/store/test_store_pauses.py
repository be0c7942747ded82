"""Pauses: what is held is left out of what is handed out, over restarts, and comes out in order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from store_events import NOW, arrival, event, somebody, statuses
from test_store_plans import explained

from app.mapping import Mapped
from app.store import Pause, PauseKind, Store
from app.webhook import EventStatus

MINUTE = timedelta(minutes=1)


@pytest.fixture
def waiting(store: Store) -> Store:
    """Four events of two sources, in turn."""
    for number, source in enumerate(["shop", "desk", "shop", "desk"]):
        store.inbox.add(arrival(NOW, event(f"e{number}", source)))
    store.received.map(somebody, NOW)
    return store


def test_it_is_remembered_with_its_time_whoever_asks(store: Store, another: Callable[[], Store]) -> None:
    assert store.pauses.pause(PauseKind.SOURCE, "shop", NOW)
    assert store.pauses.pause(PauseKind.ORG, "main", NOW)
    assert not store.pauses.pause(PauseKind.ORG, "main", NOW + MINUTE)

    assert another().pauses.all() == [Pause(PauseKind.ORG, "main", NOW), Pause(PauseKind.SOURCE, "shop", NOW)]


def test_it_is_forgotten_once_it_is_resumed(store: Store) -> None:
    store.pauses.pause(PauseKind.ORG, "main", NOW)

    assert not store.pauses.resume(PauseKind.SOURCE, "main")
    assert store.pauses.resume(PauseKind.ORG, "main")
    assert not store.pauses.resume(PauseKind.ORG, "main")
    assert store.pauses.all() == []


def test_it_hands_out_nothing_of_a_source_that_is_left_out(waiting: Store) -> None:
    assert [claim.event_id for claim in waiting.claims.claim(NOW, 9, ["main"], {"shop"})] == ["e1", "e3"]
    assert waiting.claims.next_due(["main"], {"desk"}) == NOW
    assert waiting.claims.next_due(["main"], {"desk", "shop"}) is None


def test_it_hands_out_what_was_left_out_in_the_order_in_which_it_came(waiting: Store) -> None:
    waiting.claims.claim(NOW, 1, ["main"], {"shop"})

    assert [claim.event_id for claim in waiting.claims.claim(NOW + MINUTE, 9, ["main"])] == ["e0", "e2", "e3"]


def test_it_fetches_nothing_for_a_source_that_is_left_out(store: Store) -> None:
    store.inbox.add(arrival(NOW, "thin"))
    store.received.map(lambda _: ("main", Mapped(EventStatus.PENDING, "to be fetched")), NOW)

    assert store.fetches.take(NOW, 9, ["main"], {"shop"}) == []
    assert [errand.event.event_id for errand in store.fetches.take(NOW, 9, ["main"], {"desk"})] == ["thin"]


def test_it_maps_what_is_paused(store: Store) -> None:
    store.pauses.pause(PauseKind.SOURCE, "shop", NOW)
    store.inbox.add(arrival(NOW, "e1"))

    store.received.map(somebody, NOW)

    assert statuses(store) == {"e1": "pending"}


def test_it_walks_the_same_index_whatever_is_paused(waiting: Store) -> None:
    plan = explained(waiting, lambda store: store.claims.claim(NOW - MINUTE, 16, ["main"], {"shop"}))

    assert "ix_events_due" in plan
    assert not any(sort in plan for sort in ("FOR ORDER BY", "Sort Key", "Seq Scan"))

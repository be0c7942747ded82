"""The inbox keeps events, each only once."""

from datetime import datetime

from app.store import Arrival, Store
from app.webhook import Event, EventStatus


def arrival(now: datetime, *event_ids: str) -> Arrival:
    events = [Event("shop", event_id, "customers/create", now, b'{"id": 1}') for event_id in event_ids]
    return Arrival(now, [(event, EventStatus.RECEIVED, None) for event in events])


def test_it_keeps_an_event_only_once(store: Store, clock) -> None:
    first = store.inbox.add(arrival(clock(), "e1"))
    again = store.inbox.add(arrival(clock(), "e1"))

    assert first == [True]
    assert again == [False]
    assert store.log.counts() == {("shop", "received"): 1}

"""Retention and encryption at rest: what failed for want of a key is not over, and waits for it with its payload."""

from datetime import timedelta

import pytest
from sealed_kit import LOST, MIRA, NEW, opened
from store_events import NOW, arrival, replayed, said, statuses
from store_zoe import LATER

from app.store import Dismissal, Filter, Retention, Store
from app.store.lost_key import LostKey
from app.store.seal import Seal

MUCH_LATER = LATER + timedelta(days=200)


def fail_for_want_of_a_key(url: str) -> None:
    """One event fails when it is to be mapped, another one when it is to be delivered."""
    with opened(url, LOST) as store:
        store.inbox.add(arrival(NOW, "delivered"))
        store.received.map(said({"delivered": MIRA}), NOW)
        store.inbox.add(arrival(NOW, "mapped"))
    with opened(url, NEW) as store:
        store.received.map(said({}), LATER)
        assert store.claims.claim(LATER, 9, ["main"]) == []
        assert set(statuses(store).values()) == {"failed"}


def tidied(store: Store) -> int:
    """Return how many events were emptied, and deleted, after a long time."""
    retention = Retention(store.database, 30)
    return retention.empty(MUCH_LATER) + retention.forget(MUCH_LATER)


def test_it_is_kept_until_the_key_is_back(database_url: str) -> None:
    fail_for_want_of_a_key(database_url)
    with opened(database_url, NEW) as store:
        assert tidied(store) == 0
    with opened(database_url, NEW, LOST) as store:
        assert len(replayed(store, Filter())) == 2
        store.received.map(said({"mapped": MIRA, "delivered": MIRA}), MUCH_LATER)

        assert statuses(store) == {"mapped": "pending", "delivered": "pending"}


@pytest.mark.parametrize("end", ["given up", "ignored"])
def test_it_goes_when_the_key_is_given_up_or_the_event_is(database_url: str, end: str) -> None:
    fail_for_want_of_a_key(database_url)
    with opened(database_url, NEW) as store:
        if end == "given up":
            LostKey(store.database, Seal([LOST]).marks[0]).give_up(LATER)
        else:
            list(store.dismissals.batches(Filter(event_ids=["mapped", "delivered"]), Dismissal("mona", LATER)))

        assert tidied(store) >= 2

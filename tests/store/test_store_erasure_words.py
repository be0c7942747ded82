"""What an operator writes about an event may name somebody: it goes with them, and with the payload."""

from datetime import timedelta

import pytest
from store_contents import found
from store_events import NOW, arrival
from store_zoe import BEN, LATER, MAIL, MINUTE, WHOM, ZOE, settled

from app.store import Dismissal, Filter, Retention, Store
from app.store.tables import events
from app.webhook import EventStatus

WORDS = f"double of {MAIL}"


def dismiss(store: Store, event_id: str) -> None:
    batches = store.dismissals.batches(Filter(event_ids=[event_id]), Dismissal("mona", NOW + MINUTE, WORDS))
    assert [len(batch.changed) for batch in batches] == [1]


def reason(store: Store, event_id: str) -> tuple[str, str, object]:
    (row,) = store.log.events(Filter(event_ids=[event_id]))
    return row["status"], row["reason"], row["notes"]


def test_it_goes_with_the_person_whose_event_it_is(store: Store) -> None:
    settled(store, "e1", ZOE, EventStatus.FAILED, reason=f"400: {MAIL} is refused")
    dismiss(store, "e1")

    store.erasure.erase(WHOM, LATER)

    assert reason(store, "e1") == ("ignored", "by hand", None)
    assert found(store, MAIL) == []


@pytest.mark.parametrize("emptied", [False, True], ids=["with its payload", "emptied before"])
def test_it_goes_with_the_person_whom_it_names(store: Store, *, emptied: bool) -> None:
    settled(store, "ben", BEN, EventStatus.FAILED)
    dismiss(store, "ben")
    store.inbox.add(arrival(NOW, "nobody"))
    dismiss(store, "nobody")
    if emptied:  # as it was done once: the words stayed
        with store.database.writing() as connection:
            connection.execute(events.update().values(body=None, contact=None, notes=None))

    store.erasure.erase(WHOM, LATER)

    assert reason(store, "ben") == reason(store, "nobody") == ("ignored", "by hand", None)
    assert found(store, MAIL) == []


def test_it_goes_with_the_payload(store: Store) -> None:
    settled(store, "e1", ZOE, EventStatus.FAILED)
    dismiss(store, "e1")

    assert Retention(store.database, 30).empty(LATER + timedelta(days=31)) == 1

    assert reason(store, "e1") == ("ignored", "by hand", None)

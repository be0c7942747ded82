"""Erasing somebody where values are sealed: nobody is erased while a key is missing that may hide them."""

import pytest
import sqlalchemy as sa
from sealed_kit import LOST, NEW, opened
from store_events import NOW, arrival, event, said, wait_for
from store_zoe import LATER, MAIL, WHOM, ZOE, body

from app.errors import KeyMissingError
from app.store import Arrival, Attempt, Filter, Hold, Store
from app.store.seal import Seal
from app.store.settlements import attempt_row
from app.store.tables import attempts, events
from app.webhook import EventStatus


def test_it_forgets_somebody_whose_data_are_sealed(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        wait_for(store, NOW, "e1", mapper=said({"e1": ZOE}))
        before = store.log.events(Filter(person=MAIL))

        receipt = store.erasure.erase(WHOM, LATER)

        assert [event["event_id"] for event in before] == ["e1"]
        assert (receipt.persons, receipt.payloads, receipt.unsearched) == (1, 1, 0)
        assert store.log.events(Filter(person=MAIL)) == []
        assert store.log.events(Filter())[0]["contact"] is None


def test_nobody_is_erased_while_a_key_that_people_are_known_by_is_missing(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        wait_for(store, NOW, "e1", mapper=said({"e1": ZOE}))

    with opened(database_url, NEW) as store, pytest.raises(KeyMissingError, match=Seal([LOST]).marks[0]):
        store.erasure.erase(WHOM, LATER)

    with opened(database_url, NEW, LOST) as store:
        assert store.erasure.erase(WHOM, LATER).persons == 1


def ignored(store: Store) -> None:
    """An order that names her; nobody is known by this key."""
    order = event("order", body=body(note=f"call {MAIL}"))
    store.inbox.add(Arrival(NOW, [(order, EventStatus.IGNORED, "a test")]))


def attempted(store: Store) -> None:
    """An attempt whose answer lists her."""
    attempt = Attempt(NOW, 12, "delivered", exchanges=[{"answer": MAIL}])
    with store.database.writing() as connection:
        connection.execute(attempts.insert(), [attempt_row(1, attempt)])


def held(store: Store) -> None:
    """The upstream's words on why the org is held, which may quote her."""
    store.orgs.hold("main", Hold.DOWN, f"500: {MAIL}", NOW)


@pytest.mark.parametrize("told", [ignored, attempted, held])
def test_nobody_is_erased_while_something_cannot_be_searched(database_url: str, told) -> None:
    with opened(database_url, NEW) as store:
        wait_for(store, NOW, "e1", mapper=said({"e1": ZOE}))
    with opened(database_url, LOST) as store:
        told(store)

    with opened(database_url, NEW) as store:
        with pytest.raises(KeyMissingError, match=Seal([LOST]).marks[0]):
            store.erasure.erase(WHOM, LATER)
        assert store.log.events(Filter(person=MAIL))

    with opened(database_url, NEW, LOST) as store:
        receipt = store.erasure.erase(WHOM, LATER)
        assert (receipt.persons, receipt.unsearched) == (1, 0)


def test_what_is_damaged_is_counted_in_the_receipt(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        wait_for(store, NOW, "e1", mapper=said({"e1": ZOE}))
        store.inbox.add(arrival(NOW, event("damaged", body=body(mail=MAIL))))
        broken = Seal([NEW]).seal(b"x")[:-9]
        with store.database.writing() as connection:
            damage = events.update().where(events.c.event_id == "damaged")
            connection.execute(damage.values(body=sa.literal(broken, sa.LargeBinary())))

        receipt = store.erasure.erase(WHOM, LATER)

    assert (receipt.persons, receipt.unsearched) == (1, 1)

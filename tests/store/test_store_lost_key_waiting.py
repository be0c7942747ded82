"""Giving up a key while events wait: what can be read in any way is mapped or delivered after all."""

import pytest
import sqlalchemy as sa
from sealed_kit import LOST, MIRA, NEW, opened, persons_in, tell
from store_events import NOW, arrival, ended, event, said
from store_zoe import LATER

from app.contact import Contact, Meaning
from app.mapping import Mapped
from app.store import Filter, Store
from app.store.lost_key import LostKey
from app.store.seal import Seal
from app.store.tables import events
from app.webhook import EventStatus

MARK = Seal([LOST]).marks[0]
PHONE = Contact(phone="+14155552671")


def give_up(store: Store) -> LostKey:
    key = LostKey(store.database, MARK)
    key.give_up(LATER)
    return key


def statuses(store: Store) -> dict[str, str]:
    return {row["event_id"]: row["status"] for row in store.log.events(Filter())}


def people_of(store: Store) -> dict[str, int | None]:
    with store.database.reading() as connection:
        rows = connection.execute(sa.select(*events.c["event_id", "person_id"]))
        return {row.event_id: row.person_id for row in rows}


def test_a_payload_that_can_be_read_is_mapped_again(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        store.inbox.add(arrival(NOW, "e1"))
    with opened(database_url, LOST, NEW) as store:
        store.received.map(said({"e1": MIRA}), NOW)
    with opened(database_url, NEW) as store:
        give_up(store)
        after = statuses(store)
        store.received.map(said({"e1": MIRA}), LATER)
        [claim] = store.claims.claim(LATER, 9, ["main"])

        assert persons_in(store) == 1
    assert after == {"e1": "received"}
    assert (claim.contact, claim.person.uncertain) == (MIRA, True)


@pytest.mark.parametrize("known", [False, True], ids=["named by both keys", "named by the lost key"])
def test_a_contact_that_can_be_read_is_delivered_without_its_payload(database_url: str, *, known: bool) -> None:
    with opened(database_url, LOST) as store:
        if known:
            tell(store, {"e0": MIRA})
        store.inbox.add(arrival(NOW, "e1"))
    with opened(database_url, NEW, LOST) as store:
        store.received.map(said({"e1": MIRA}), NOW)
    with opened(database_url, NEW) as store:
        give_up(store)
        tell(store, {"e2": PHONE})
        people = people_of(store)
        [claim] = store.claims.claim(LATER, 9, ["main"])
        kept = store.log.event("shop", "e1")

        assert persons_in(store) == 1
    assert claim.event_id == "e1"
    assert claim.contact == MIRA
    assert people["e1"] == people["e2"] == claim.person.id
    assert kept
    assert kept.body == b""


def test_what_failed_for_want_of_the_key_and_can_be_read_is_mapped_again(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        tell(store, {"e1": MIRA})
    with opened(database_url, NEW, LOST) as store:
        tell(store, {"e2": MIRA, "e3": Contact(email="ben@example.com")})
    with opened(database_url, NEW) as store:
        [ben] = store.claims.claim(NOW, 9, ["main"])
        store.claims.settle(ended(ben, NOW, EventStatus.FAILED, reason="400: no"))
        store.claims.claim(NOW, 9, ["main"])  # Mira's other event is set aside, too
        before = statuses(store)
        give_up(store)

        assert before == {"e1": "failed", "e2": "failed", "e3": "failed"}
        assert statuses(store) == {"e1": "failed", "e2": "received", "e3": "failed"}


def test_somebody_who_is_being_delivered_is_passed_by(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        store.inbox.add(arrival(NOW, "e1"))
    with opened(database_url, NEW, LOST) as store:
        store.received.map(said({"e1": MIRA}), NOW)
        [claim] = store.claims.claim(NOW, 1, ["main"])
        with opened(database_url, NEW) as without:
            left = give_up(without).extent()
        store.claims.settle(ended(claim, NOW, reason="created"))
    with opened(database_url, NEW) as store:
        after = give_up(store).extent()
        [row] = store.log.events(Filter())

    assert (left.payloads, bool(after)) == (1, False)
    assert (row["status"], row["reason"], row["contact"]) == ("delivered", "created", None)


def test_a_person_in_the_hands_of_a_process_with_the_key_keeps_name_and_key(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        tell(store, {"e1": MIRA})
        store.claims.claim(NOW, 1, ["main"])
        with opened(database_url, NEW) as without:
            left = give_up(without).extent()
            tell(without, {"e2": MIRA})

            assert left.identities == 3
            assert persons_in(without) == 2


def test_a_request_to_clear_a_source_says_all_by_its_type(database_url: str) -> None:
    def redact(_: object) -> tuple[str, Mapped]:
        return "main", Mapped(EventStatus.PENDING, "to be cleared", meaning=Meaning.ERASE_SOURCE)

    with opened(database_url, LOST) as store:
        store.inbox.add(arrival(NOW, "e1"))
        store.received.map(redact, NOW)
    with opened(database_url, NEW) as store:
        unreadable = store.fetches.take(NOW, 9, ["main"])
        give_up(store)
        [errand] = store.fetches.take(LATER, 9, ["main"])

    assert unreadable == []
    assert errand.event.event_id == "e1"


def test_what_was_fetched_is_fetched_again(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        store.inbox.add(arrival(NOW, event("e1")))
        sealed = sa.literal(Seal([LOST]).seal(b"fetched"), sa.LargeBinary())
        with store.database.writing() as connection:
            connection.execute(events.update().values(fetched=sealed))
        give_up(store)
        kept = store.log.event("shop", "e1")

        assert statuses(store) == {"e1": "received"}
    assert kept
    assert (kept.body, kept.fetched) == (b'{"id": 1}', None)


def test_a_name_that_is_lost_is_asked_for_upstream(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        tell(store, {"e1": MIRA})
        name = sa.literal(Seal([LOST]).seal_text("Mira"), sa.String())
        with store.database.writing() as connection:
            connection.execute(sa.table("persons", sa.column("name")).update().values(name=name))
        give_up(store)
        [claim] = store.claims.claim(LATER, 1, ["main"])

    assert (claim.person.name, claim.person.uncertain) == (None, True)

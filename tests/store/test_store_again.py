"""After a restore: whom the lost database had erased is erased again, by its hashes, and nobody else is."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sealed_kit import LOST, NEW, opened, persons_in
from store_contents import found
from store_events import NOW, arrival, event, said, statuses
from store_zoe import BEN, LATER, MAIL, MINUTE, TRACES, WHOM, ZOE, body, settled

from app.contact import Contact
from app.errors import KeyMissingError
from app.store import Filter, Receipt, Store, Whom, all_receipts
from app.store.again import whoms
from app.store.backup import back_up
from app.store.tombstones import Forgotten

NEXT_DAY = LATER + timedelta(days=1)


@pytest.fixture
def gone(tmp_path: Path) -> Iterator[Store]:
    """The database that was lost: Zoe was erased in it after the backup."""
    with closing(Store(f"sqlite:///{tmp_path / 'gone.db'}")) as lost:
        lost.migrate()
        settled(lost, "e1", ZOE)
        lost.erasure.erase(WHOM, LATER)
        yield lost


def erase_again(store: Store, others: Forgotten) -> list[Receipt]:
    store.again.remember(others)
    people = store.again.find(others)
    return [store.erasure.erase(whom, NEXT_DAY) for whom in whoms(people, {"main": ("shop",)})]


def tell(store: Store, name: str, at, contact: Contact = ZOE) -> None:
    store.inbox.add(arrival(at, event(name, occurred_at=at, body=body(mail=contact.email))))
    store.received.map(said({name: contact}), at)


@pytest.mark.parametrize("keys", [(), (NEW,)], ids=["plain", "sealed"])
def test_whom_the_lost_database_had_erased_is_erased_again(
    database_url: str, gone: Store, keys: tuple[str, ...]
) -> None:
    with opened(database_url, *keys) as restored:
        settled(restored, "e1", ZOE, person={"contact_id": "contact_1"})
        settled(restored, "ben", BEN, exchanges=[{"answer": MAIL}])

        [receipt] = erase_again(restored, gone.again.export())

        assert found(restored, *TRACES) == []
        assert [row["event_id"] for row in restored.log.events(Filter(person="ben@example.com"))] == ["ben"]
    assert (receipt.persons, receipt.identities, receipt.contact_ids) == (1, 3, ("contact_1",))
    assert (receipt.asked_by, receipt.erased_at) == ("an operator, again after a restore", NEXT_DAY)


def test_what_is_exported_names_nobody(gone: Store) -> None:
    exported = gone.again.export()

    assert len(exported.erased) == 3
    assert set(exported.erased.values()) == {LATER}
    assert not [trace for trace in TRACES if trace.casefold() in repr(exported).casefold()]


def test_a_second_time_there_is_nobody(store: Store, gone: Store) -> None:
    settled(store, "e1", ZOE)

    first, second = (erase_again(store, gone.again.export()) for _ in range(2))

    assert (len(first), second) == (1, [])


def test_whom_the_backup_never_knew_is_brought_back_by_nothing_older(store: Store, gone: Store) -> None:
    assert erase_again(store, gone.again.export()) == []

    tell(store, "sent again", LATER - MINUTE)

    assert statuses(store) == {"sent again": "ignored"}
    assert found(store, *TRACES) == []


def test_what_was_told_after_the_erasure_brings_in_a_new_person(store: Store, gone: Store) -> None:
    settled(store, "e1", ZOE)
    erase_again(store, gone.again.export())

    tell(store, "new", LATER + MINUTE)  # before it was done again
    [claim] = store.claims.claim(NEXT_DAY, 1, ["main"])

    assert (claim.event_id, claim.person.uncertain) == ("new", True)


def test_who_had_come_back_as_somebody_new_stays(store: Store, gone: Store) -> None:
    tell(store, "back", LATER + MINUTE)

    assert erase_again(store, gone.again.export()) == []
    assert persons_in(store) == 1


@pytest.mark.parametrize("since", [(), ("back",)], ids=["and no more", "and was heard of since"])
def test_whom_an_old_event_brought_in_after_the_restore_is_found(store: Store, gone: Store, since: tuple) -> None:
    store.inbox.add(arrival(NEXT_DAY, event("sent again", occurred_at=NOW)))
    store.received.map(said({"sent again": ZOE}), NEXT_DAY)
    for name in since:
        tell(store, name, NEXT_DAY)

    [zoe] = store.again.find(gone.again.export())

    assert store.again.since(zoe) == [("shop", name) for name in since]


def test_it_says_of_whom_was_heard_since(store: Store, gone: Store) -> None:
    settled(store, "e1", ZOE)
    store.inbox.add(arrival(LATER + MINUTE, event("resent", occurred_at=NOW), event("back", occurred_at=NEXT_DAY)))
    store.received.map(said({"resent": ZOE, "back": ZOE}), NEXT_DAY)

    [zoe] = store.again.find(gone.again.export())

    assert store.again.since(zoe) == [("shop", "back")]


def test_in_another_organization_she_stays(store: Store, gone: Store) -> None:
    store.inbox.add(arrival(NOW, event("there", source="branch", body=body(mail=MAIL))))
    store.received.map(said({"there": ZOE}, "other"), NOW)

    assert erase_again(store, gone.again.export()) == []
    assert persons_in(store) == 1


def test_many_are_looked_for_together(store: Store, gone: Store) -> None:
    for number in range(60):
        contact = Contact(email=f"p{number}@example.com")
        tell(store, f"many{number}", NOW, contact)
        gone.erasure.erase(Whom(frozenset({("email", f"p{number}@example.com")}), ("main",)), LATER)

    receipts = erase_again(store, gone.again.export())

    assert [receipt.persons for receipt in receipts] == [50, 10]
    assert persons_in(store) == 0


def test_a_backup_that_knows_the_salt_learns_the_rest(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url) as store:
        store.erasure.erase(Whom(frozenset({("email", "early@example.com")}), ("main",)), NOW)
        settled(store, "e1", ZOE)
        back_up(store.database, tmp_path / "copy.db", NOW)
        store.erasure.erase(WHOM, LATER)
        exported = store.again.export()
    with opened(f"sqlite:///{tmp_path}/copy.db") as restored:
        [receipt] = erase_again(restored, exported)

        assert restored.again.export().salts == exported.salts
        assert found(restored, *TRACES) == []
        assert all_receipts(restored.database)[0] == receipt


def test_nobody_is_looked_for_while_a_key_is_missing(database_url: str, gone: Store) -> None:
    with opened(database_url, LOST) as store:
        tell(store, "e1", NOW)
    with opened(database_url, NEW) as store, pytest.raises(KeyMissingError):
        store.again.find(gone.again.export())


def test_of_two_lists_the_later_time_counts() -> None:
    salt = frozenset({b"salt"})
    one, two = Forgotten(salt, {"a": NOW, "b": LATER}), Forgotten(salt, {"a": LATER, "b": NOW})

    assert one | two == two | one == Forgotten(salt, {"a": LATER, "b": LATER})


def test_a_time_that_is_known_already_is_never_made_earlier(store: Store) -> None:
    store.erasure.erase(WHOM, LATER)
    exported = store.again.export()

    store.again.remember(Forgotten(exported.salts, dict.fromkeys(exported.erased, NOW)))

    assert store.again.export() == exported

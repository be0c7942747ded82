"""Giving up a key: what only it opens goes, what can be read goes on, and nothing vanishes without a word."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from sealed_kit import LOST, MIRA, NEW, everything_in, opened, persons_in, tell, tell_all_of_mira
from store_events import NOW, arrival, ended, said, wait_for
from store_zoe import LATER

from app.contact import Contact
from app.errors import UsageError
from app.store import Filter, Hold, Store, Whom, all_receipts
from app.store.gaps import unmark_restored
from app.store.lost_key import LostKey
from app.store.lost_values import Extent
from app.store.seal import Seal

MARK = Seal([LOST]).marks[0]
GIVEN_UP = "sealed with a key that was given up"
NOTHING = Extent(0, 0, 0, 0, 0, 0, insisted=False)
BEN = Contact(email="ben@example.com")
WHOM = Whom(frozenset({("email", "ben@example.com")}), ("main",))


def found(store: Store) -> dict[str, tuple[str, str | None]]:
    return {row["event_id"]: (row["status"], row["reason"]) for row in store.log.events(Filter(), 500)}


def give_up(store: Store):
    return LostKey(store.database, MARK).give_up(LATER)


@pytest.fixture
def lost(database_url: str) -> Callable[[], None]:
    """Leave Mira in every column, events of every status and words on an org, all by a key that is lost then."""

    def leave() -> None:
        with opened(database_url, LOST) as store:
            tell_all_of_mira(store)
            wait_for(store, NOW, "delivered", mapper=said({"delivered": MIRA}))
            [claim] = store.claims.claim(NOW, 1, ["main"])
            store.claims.settle(ended(claim, NOW, reason="created", person={"contact_id": "contact_1"}))
            wait_for(store, NOW, "pending", mapper=said({"pending": MIRA}))
            store.inbox.add(arrival(NOW, "received"))
            store.orgs.hold("main", Hold.DOWN, "500: mira@sealed.example", NOW)

    return leave


def test_it_says_first_what_would_go(database_url: str, lost: Callable[[], None]) -> None:
    lost()
    with opened(database_url, NEW) as store:
        store.inbox.add(arrival(NOW, "later"))

        extent = LostKey(store.database, MARK).extent()

    assert (extent.payloads, extent.attempts, extent.identities, extent.persons, extent.failing) == (4, 2, 3, 1, 2)
    assert extent.others


@pytest.mark.parametrize("keys", [(NEW,), ()], ids=["another key", "no key"])
def test_it_leaves_nothing_that_only_the_key_opens(
    database_url: str, lost: Callable[[], None], keys: tuple[str, ...]
) -> None:
    lost()
    with opened(database_url, *keys) as store:
        tell(store, {"ben": BEN})
        receipt = give_up(store)
        store.inbox.add(arrival(LATER, "later"))
        tell(store, {"later": MIRA})

        assert LostKey(store.database, MARK).extent() == NOTHING
        assert MARK.encode() not in everything_in(store).replace(receipt.asked_by.encode(), b"")
        assert store.orgs.held()["main"].reason == GIVEN_UP


def test_events_stay_and_say_why_they_ended(database_url: str, lost: Callable[[], None]) -> None:
    lost()
    with opened(database_url, NEW) as store:
        tell(store, {"ben": BEN})
        give_up(store)
        notes = {row["event_id"]: row["notes"] for row in store.log.events(Filter())}
        again = store.inbox.add(arrival(LATER, "e1", "delivered", "pending", "received"))

        assert found(store) == {
            "e1": ("failed", GIVEN_UP),
            "delivered": ("delivered", GIVEN_UP),
            "pending": ("failed", GIVEN_UP),
            "received": ("failed", GIVEN_UP),
            "ben": ("pending", None),
        }
        assert notes.pop("ben") is None
        assert set(map(str, notes.values())) == {f"['its payload was {GIVEN_UP}']"}
        assert again == [False] * 4
        assert [claim.event_id for claim in store.claims.claim(LATER, 9, ["main"])] == ["ben"]


def test_the_receipt_counts_and_holds_no_personal_data(database_url: str, lost: Callable[[], None]) -> None:
    lost()
    with opened(database_url, NEW) as store:
        receipt = give_up(store)
        kept = all_receipts(store.database)

    assert kept == [receipt]
    assert (receipt.payloads, receipt.attempts, receipt.identities, receipt.persons, receipt.failed) == (4, 2, 3, 1, 2)
    assert receipt.asked_by == f"an operator, who gave up the key {MARK}"
    assert (receipt.erased_at, receipt.contact_ids) == (LATER, ())
    assert "mira" not in str(receipt)


def test_the_receipt_is_right_when_it_is_stopped_on_the_way(database_url: str, lost: Callable[[], None]) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    lost()
    with opened(database_url, NEW) as store:
        with suppress(KeyboardInterrupt):
            LostKey(store.database, MARK, stop).give_up(LATER)
        give_up(store)
        second, first = all_receipts(store.database)

        assert (first.identities, first.persons) == (3, 1)
        assert first.payloads + second.payloads == 4
        assert second.identities == 0
        assert store.erasure.erase(WHOM, LATER).persons == 0  # it works again


def test_it_goes_by_small_batches_between_which_acks_go_on(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        tell(store, {f"many{number}": Contact(user_id=f"shop:{number}") for number in range(120)})
    with opened(database_url, NEW) as store, opened(database_url, NEW) as web:
        told: list[int] = []

        def meanwhile(rows: int) -> None:
            told.append(rows)
            assert web.inbox.add(arrival(NOW, f"meanwhile{len(told)}")) == [True]

        LostKey(store.database, MARK, meanwhile).give_up(LATER)
        seen = found(store)

    assert max(told) <= 50
    assert sum(told) >= 240
    assert {status for event_id, (status, _) in seen.items() if event_id.startswith("mean")} == {"received"}


def test_it_refuses_while_the_key_is_configured(database_url: str, lost: Callable[[], None]) -> None:
    lost()
    with opened(database_url, NEW, LOST) as store:
        with pytest.raises(UsageError, match="is configured"):
            LostKey(store.database, MARK)
        assert persons_in(store) == 1


def test_erasure_works_again(database_url: str, lost: Callable[[], None]) -> None:
    lost()
    with opened(database_url, NEW) as store:
        tell(store, {"ben": BEN})
        give_up(store)

        assert store.erasure.erase(WHOM, LATER).persons == 1


def test_whoever_is_new_is_looked_up_until_that_is_ended(database_url: str, lost: Callable[[], None]) -> None:
    lost()
    with opened(database_url, NEW) as store:
        give_up(store)
        tell(store, {"e2": MIRA})
        [mira] = store.claims.claim(LATER, 9, ["main"])
        ended_it = unmark_restored(store.database)
        tell(store, {"e3": BEN})
        [ben] = store.claims.claim(LATER, 9, ["main"])

    assert (mira.person.uncertain, ended_it, ben.person.uncertain) == (True, True, False)


def test_a_person_with_a_name_left_stays_and_is_looked_up(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        tell(store, {"e1": Contact(user_id="shop:7731", email="mira@sealed.example")})
    with opened(database_url, NEW, LOST) as store:
        tell(store, {"e2": Contact(user_id="shop:7731", phone="+14155552671")})
    with opened(database_url, NEW) as store:
        receipt = give_up(store)
        tell(store, {"e3": Contact(phone="+14155552671")})
        claims = store.claims.claim(LATER, 9, ["main"])

        assert persons_in(store) == 1
    assert (receipt.identities, receipt.persons) == (2, 0)
    assert [claim.person.identities for claim in claims] == [{("phone", "+14155552671")}]
    assert claims[0].person.uncertain


def test_it_touches_nothing_of_another_missing_key(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        tell_all_of_mira(store)
    with opened(database_url, LOST) as store:
        tell(store, {"ben": BEN})
    with opened(database_url) as store:
        receipt = give_up(store)
    with opened(database_url, NEW) as store:
        [mira] = store.log.events(Filter(person="mira@sealed.example"))

    assert (receipt.payloads, receipt.identities) == (1, 1)
    assert mira["contact"]["name"] == "Mira Okonkwo"

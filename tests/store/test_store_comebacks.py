"""After an erasure: what is older does not bring the person back, what is newer brings in a new one."""

import pytest
import sqlalchemy as sa
from store_contents import found
from store_events import arrival, event, said, statuses, wait_for
from store_zoe import BEN, LATER, MAIL, MINUTE, PHONE, TRACES, USER, WHOM, ZOE, body, settled

from app.contact import Contact
from app.store import Filter, Store, all_receipts
from app.webhook import EventStatus


def test_erasing_somebody_unknown_leaves_a_receipt_and_tombstones(store: Store) -> None:
    receipt = store.erasure.erase(WHOM, LATER)
    again = store.erasure.erase(WHOM, LATER + MINUTE)

    assert (receipt.persons, receipt.payloads) == (0, 0)
    assert [each.id for each in all_receipts(store.database)] == [again.id, receipt.id]
    wait_for(store, LATER, "old", mapper=said({"old": Contact(email=MAIL)}))
    assert statuses(store) == {"old": "ignored"}


@pytest.mark.parametrize(("occurred", "received"), [(LATER, LATER + MINUTE), (LATER + MINUTE, LATER)])
def test_what_happened_before_does_not_bring_her_back(store: Store, occurred, received) -> None:
    store.erasure.erase(WHOM, LATER)

    old = event("old", occurred_at=occurred, body=body(mail=MAIL))
    store.inbox.add(arrival(received, old))
    verdicts = store.received.map(said({"old": ZOE}), LATER + MINUTE)

    assert [verdict.status for verdict in verdicts] == [EventStatus.IGNORED]
    assert found(store, *TRACES) == []
    (row,) = store.log.events(Filter())
    assert row["reason"] == "this person was erased, after this happened"


def test_news_bring_in_a_new_person_who_is_looked_up_first(store: Store) -> None:
    settled(store, "delivered", ZOE, person={"contact_id": "contact_1"})
    store.erasure.erase(WHOM, LATER)
    after = LATER + MINUTE

    store.inbox.add(arrival(after, event("new", occurred_at=after, body=body(mail=MAIL))))
    store.received.map(said({"new": ZOE}), after)

    (claim,) = store.claims.claim(after, 1, ["main"])
    assert (claim.event_id, claim.person.uncertain, claim.person.contact_id) == ("new", True, None)
    assert claim.person.identities == {("email", MAIL), ("phone", PHONE), ("user_id", USER)}


def test_nobody_else_is_uncertain(store: Store) -> None:
    settled(store, "ben", BEN)
    store.erasure.erase(WHOM, LATER)
    after = LATER + MINUTE

    store.inbox.add(arrival(after, event("cleo", occurred_at=after), event("ben3", occurred_at=after)))
    store.received.map(said({"cleo": Contact(email="cleo@example.com"), "ben3": BEN}), after)

    assert [claim.person.uncertain for claim in store.claims.claim(after, 2, ["main"])] == [False, False]


def test_the_hashes_of_two_databases_are_strangers(store: Store, tmp_path) -> None:
    second = Store(f"sqlite:///{tmp_path / 'second.db'}")
    second.migrate()

    names = []
    for each in (store, second):
        each.erasure.erase(WHOM, LATER)
        with each.database.reading() as connection:
            names.append(connection.execute(sa.text("SELECT name FROM tombstones")).scalar())

    assert names[0] != names[1]
    assert all(len(name) == 64 for name in names)
    second.close()

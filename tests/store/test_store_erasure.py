"""Erasing a person: nothing of them is left in any column, what others said stays, nothing old brings them back."""

import json
from dataclasses import asdict, replace

import pytest
from store_contents import found, in_files
from store_events import NOW, arrival, event, replayed, said, wait_for
from store_zoe import BEN, LATER, MAIL, MINUTE, PHONE, TRACES, USER, WHOM, ZOE, body, kept, settle, settled

from app.contact import Contact
from app.errors import PersonBusyError
from app.store import Arrival, Filter, Hold, Store, Whom, all_receipts
from app.store.columns import seal_of
from app.store.tables import persons
from app.webhook import EventStatus


@pytest.fixture
def full(store: Store) -> Store:
    """A store with Zoe in every place there is, and with Ben."""
    settled(store, "delivered", ZOE, reason="created", person={"contact_id": "contact_1", "name": "Zoe Adler"})
    settled(store, "failed", ZOE, EventStatus.FAILED, reason=f"400: {MAIL} is wrong", message=MAIL, notes=[MAIL])
    settled(store, "ben", BEN, reason="created", exchanges=[{"answer": f'[{{"email": "{MAIL}"}}, "ben@example.com"]'}])
    settled(store, "ben2", BEN, reason="nothing new", body=body(mail="ben@example.com"))
    wait_for(store, NOW, "waiting", mapper=said({"waiting": ZOE}))
    ignored = [event("order", body=body(note=f"call {MAIL.upper()}")), event("form", body=b"tel=044+668+18+00&x=1")]
    ignored[1] = replace(ignored[1], content_type="application/x-www-form-urlencoded")
    unread = event("unread", body=b'{"mail": "zoe.adler@example.com"', content_type="application/json")
    other = event("other", body=body(customer={"id": 7064055069}))
    store.inbox.add(Arrival(NOW, [(e, EventStatus.IGNORED, "a test") for e in (*ignored, unread, other)]))
    store.inbox.add(arrival(NOW, event("unmapped", body=body(mail=MAIL))))
    store.orgs.hold("main", Hold.DOWN, f"500: {MAIL}", NOW)
    return store


def test_nothing_of_the_person_is_left_anywhere(full: Store) -> None:
    sealed = seal_of(full.database.engine.dialect).on
    assert sealed or len(found(full, *TRACES)) > 8  # or this test would prove nothing

    receipt = full.erasure.erase(WHOM, LATER)

    assert found(full, *TRACES) == []
    assert (receipt.persons, receipt.identities, receipt.contact_ids) == (1, 3, ("contact_1",))
    assert (receipt.payloads, receipt.attempts) == (8, 3)


def test_nothing_is_left_in_the_files_of_sqlite(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.migrate()
    settled(store, "delivered", ZOE, body=body(mail=MAIL, more="x" * 20_000, again=MAIL))
    reader = Store(sqlite_url)
    reader.log.counts()  # another process has the database open
    assert in_files(store, MAIL)

    store.erasure.erase(WHOM, LATER)

    assert [in_files(store, trace) for trace in (MAIL, "Zoe", PHONE)] == [[], [], []]
    reader.close()
    store.close()


def test_what_others_said_stays(full: Store) -> None:
    full.erasure.erase(WHOM, LATER)

    assert kept(full, "ben")
    assert kept(full, "ben2")
    assert [row["event_id"] for row in full.log.events(Filter(person="ben@example.com"))] == ["ben2", "ben"]
    assert full.log.attempts("shop", "ben")[0]["exchanges"] is None  # it quoted a list that she was in
    assert full.log.attempts("shop", "ben2")[0]["exchanges"]


def test_every_event_still_says_what_became_of_it(full: Store) -> None:
    full.erasure.erase(WHOM, LATER)

    rows = {row["event_id"]: (row["status"], row["reason"]) for row in full.log.events(Filter())}
    erased = "this person was erased"
    assert rows["delivered"] == ("delivered", "created")
    assert rows["failed"] == ("failed", f"failed; {erased} since")
    assert rows["order"] == ("ignored", "a test")
    assert rows["waiting"] == rows["unmapped"] == ("ignored", erased)
    assert full.claims.next_due(["main"]) is None


def test_a_late_duplicate_is_a_duplicate_and_a_replay_leaves_it_alone(full: Store) -> None:
    full.erasure.erase(WHOM, LATER)

    names = ["delivered", "failed", "waiting", "unmapped", "order"]
    assert full.inbox.add(arrival(LATER, *names)) == [False] * 5
    assert replayed(full, Filter(event_ids=names)) == []


def test_the_receipt_holds_no_personal_data(full: Store) -> None:
    full.erasure.erase(WHOM, LATER)

    (receipt,) = all_receipts(full.database)
    told = json.dumps(asdict(receipt), default=str)
    assert receipt.erased_at == LATER
    assert receipt.orgs == ("main",)
    assert not [trace for trace in TRACES if trace in told]


@pytest.mark.parametrize("identity", [("email", MAIL), ("phone", PHONE), ("user_id", USER)])
def test_she_is_found_by_any_identity(full: Store, identity: tuple[str, str]) -> None:
    full.erasure.erase(Whom(frozenset({identity}), ("main",)), LATER)

    assert found(full, *TRACES) == []


def test_another_organization_keeps_what_it_has(store: Store) -> None:
    settled(store, "here", ZOE)
    store.inbox.add(arrival(NOW, event("there", source="branch", body=body(mail=MAIL))))
    store.received.map(said({"there": ZOE}, "other"), NOW)

    store.erasure.erase(Whom(WHOM.identities, ("main",), ("shop",)), LATER)

    assert [row["event_id"] for row in store.log.events(Filter(person=MAIL))] == ["there"]
    assert store.log.event("branch", "there").body
    assert not kept(store, "here")


def test_it_does_not_erase_whom_it_is_delivering(full: Store) -> None:
    (claim,) = full.claims.claim(NOW + MINUTE, 1, ["main"])

    with pytest.raises(PersonBusyError, match="being delivered"):
        full.erasure.erase(WHOM, LATER)

    assert kept(full, "delivered")
    settle(full, claim)
    assert full.erasure.erase(WHOM, LATER).persons == 1
    assert found(full, *TRACES) == []


def test_what_a_lost_delivery_said_is_not_kept(full: Store) -> None:
    (claim,) = full.claims.claim(NOW + MINUTE, 1, ["main"])
    with full.database.writing() as connection:  # its process died, and somebody freed the person
        connection.execute(persons.update().values(lease_owner=None))
    full.erasure.erase(WHOM, LATER)

    settle(full, claim, message=f"409: {MAIL}")

    assert found(full, *TRACES) == []


def test_an_event_that_waits_for_somebody_else_goes_on_without_her(store: Store) -> None:
    settled(store, "zoe", ZOE)
    both = Contact(user_id="shop:ben-5550001", name="Ben", phone="+14155552671", email=MAIL)
    settled(store, "ben", replace(both, email=None))
    store.inbox.add(arrival(NOW, event("both", body=body(mail=MAIL))))
    store.received.map(said({"both": both}), NOW)

    store.erasure.erase(WHOM, LATER)

    (claim,) = store.claims.claim(NOW + MINUTE, 1, ["main"])
    assert claim.event_id == "both"
    assert claim.contact == replace(both, email=None)
    assert found(store, MAIL) == []


def test_it_begins_again_when_more_of_her_came_in_meanwhile(store: Store) -> None:
    settled(store, "e1", Contact(email=MAIL))
    came = []

    def more(_looked: int) -> None:
        if not came:
            came.append(store.inbox.add(arrival(NOW, event("e2", body=body(mail=MAIL, phone=PHONE)))))
            store.received.map(said({"e2": Contact(email=MAIL, phone=PHONE)}), NOW)

    store.inbox.add(Arrival(NOW, [(event("old", body=body(tel=PHONE)), EventStatus.IGNORED, "a test")]))
    receipt = store.erasure.erase(WHOM, LATER, more)

    assert came
    assert receipt.identities == 2
    assert found(store, MAIL, PHONE) == []


def test_what_arrives_between_the_sweep_and_the_end_is_swept_too(store: Store) -> None:
    settled(store, "e1", ZOE)
    came = []

    def more(_looked: int) -> None:
        if not came:
            last = event("last", body=body(mail=MAIL))
            came.append(store.inbox.add(Arrival(NOW, [(last, EventStatus.IGNORED, "a test")])))

    store.erasure.erase(WHOM, LATER, more)

    assert came
    assert found(store, *TRACES) == []


def test_progress_is_told(full: Store) -> None:
    told: list[int] = []

    full.erasure.erase(WHOM, LATER, told.append)

    assert told == sorted(told)
    assert told[-1] >= 8


def test_ana_in_joana_is_somebody_else(store: Store) -> None:
    people = {"ana": Contact(email="ana@example.com"), "joana": Contact(email="joana@example.com")}
    store.inbox.add(arrival(NOW, event("joana", body=body(mail="joana@example.com"))))
    wait_for(store, NOW, "ana", mapper=said(people))

    store.erasure.erase(Whom(frozenset({("email", "ana@example.com")}), ("main",)), LATER)

    assert kept(store, "joana")

"""Encryption at rest: what is kept, what is read, and who is found."""

import pytest
import sqlalchemy as sa
from sealed_kit import (
    LOST,
    MIRA,
    NEW,
    OLD,
    everything_in,
    files_of,
    opened,
    persons_in,
    shown,
    tell,
    tell_all_of_mira,
)
from store_events import NOW, arrival, ended, event, replayed, said

from app.contact import Contact
from app.mapping import Mapped
from app.store import Filter
from app.store.seal import Seal
from app.store.settlements import attempt_row
from app.store.tables import attempts, events
from app.webhook import EventStatus


def test_it_keeps_no_word_of_a_person_in_any_column(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        tell_all_of_mira(store)

        assert shown(everything_in(store)) == []


def test_it_would_be_noticed_if_a_column_were_forgotten(database_url: str) -> None:
    with opened(database_url) as store:
        tell_all_of_mira(store)

        assert len(shown(everything_in(store))) == 5


def test_it_keeps_no_word_of_a_person_in_the_files(sqlite_url: str) -> None:
    with opened(sqlite_url, NEW) as store:
        tell_all_of_mira(store)

        assert b"contact_1" in files_of(sqlite_url)
        assert shown(files_of(sqlite_url)) == []


def test_it_reads_what_it_sealed(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        tell_all_of_mira(store)

        [found] = store.log.events(Filter())
        kept = store.log.event("shop", "e1")
        [attempt] = store.log.attempts("shop", "e1")

    assert found["contact"]["email"] == "mira@sealed.example"
    assert found["reason"] == "mira@sealed.example is refused"
    assert found["notes"] == ["says mira@sealed.example", "not Okonkwo"]
    assert kept
    assert kept.payload["name"] == "Mira Okonkwo"
    assert attempt["exchanges"] == [{"body": {"email": "mira@sealed.example"}}]


def test_it_claims_a_person_with_the_identities_themselves(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        tell_all_of_mira(store)
        tell(store, {"e2": MIRA})

        [claim] = store.claims.claim(NOW, 1, ["main"])

    identities = {("user_id", "shop:7731"), ("email", "mira@sealed.example"), ("phone", "+14155552671")}
    assert claim.person.identities == claim.person.sent == identities
    assert claim.person.name == "Mira Okonkwo"


@pytest.mark.parametrize("keys", [(), (NEW,)], ids=["plain", "sealed"])
@pytest.mark.parametrize(
    "body", [b"$sealed$", b"$sealed$00$gAAAA", b"$plain$x", b"$plain$$sealed$", b"$", b"", b"\xff"]
)
def test_it_gives_back_a_body_that_looks_sealed(sqlite_url: str, keys: tuple[str, ...], body: bytes) -> None:
    with opened(sqlite_url, *keys) as store:
        store.inbox.add(arrival(NOW, event("e1", body=body)))
        kept = store.log.event("shop", "e1")

    assert kept
    assert kept.body == body


def test_it_takes_a_text_that_looks_sealed_for_text() -> None:
    for seal in (Seal(), Seal([NEW])):
        for text in ("$sealed$", "$plain$$sealed$ü", "$5", "", "Ana"):
            assert seal.unseal_text(seal.seal_text(text)) == text


def test_it_goes_on_reading_what_was_there_before(database_url: str) -> None:
    with opened(database_url) as store:
        tell_all_of_mira(store)
    with opened(database_url, NEW) as store:
        [found] = store.log.events(Filter(person="Mira@sealed.example"))

    assert found["contact"]["name"] == "Mira Okonkwo"


@pytest.mark.parametrize("before", [(), (OLD,)], ids=["plain", "older key"])
def test_it_knows_a_person_again_after_the_key_changed(database_url: str, before: tuple[str, ...]) -> None:
    with opened(database_url, *before) as store:
        tell(store, {"e1": MIRA})
    with opened(database_url, NEW, *before) as store:
        tell(store, {"e2": MIRA, "e3": Contact(email="MIRA@sealed.example"), "e4": Contact(phone="+14155552671")})

        assert persons_in(store) == 1
        assert len(store.log.events(Filter(person="shop:7731"))) == 4
        assert len(store.log.events(Filter(person="mira@sealed.example"))) == 4
        assert store.log.events(Filter(person="somebody@sealed.example")) == []


def test_it_remembers_what_was_sent_of_a_person_that_an_older_key_named(database_url: str) -> None:
    with opened(database_url, OLD) as store:
        tell(store, {"e1": MIRA})
    with opened(database_url, NEW, OLD) as store:
        [claim] = store.claims.claim(NOW, 1, ["main"])
        store.claims.settle(ended(claim, NOW, person={"sent": claim.person.identities}))
        tell(store, {"e2": MIRA})
        [again] = store.claims.claim(NOW, 1, ["main"])

    assert (claim.person.sent, again.person.sent) == (frozenset(), claim.person.identities)


def test_it_fails_an_event_whose_payload_no_key_opens_and_maps_it_when_the_key_is_back(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        store.inbox.add(arrival(NOW, "e1"))
    with opened(database_url, NEW) as store:
        [verdict] = store.received.map(lambda _: pytest.fail("there is nothing to map"), NOW)
        kept = store.log.event("shop", "e1")
    with opened(database_url, NEW, LOST) as store:
        again = replayed(store, Filter(status=EventStatus.FAILED))
        store.received.map(said({"e1": MIRA}), NOW)
        [found] = store.log.events(Filter())

    assert (verdict.status, verdict.reason) == (
        "failed", "sealed with a key that is not configured; replay the event when it is",
    )  # fmt: skip
    assert kept
    assert kept.body == b"sealed with a key that is not configured"
    assert again == [("shop", "e1")]
    assert found["status"] == "pending"


def test_it_sets_a_waiting_event_aside_when_the_key_is_gone_and_delivers_the_others(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        tell(store, {"e1": MIRA})
    with opened(database_url, NEW) as store:
        tell(store, {"e2": Contact(email="ben@example.com")})
        claims = store.claims.claim(NOW, 10, ["main"])
        first = {found["event_id"]: found for found in store.log.events(Filter())}["e1"]
    with opened(database_url, NEW, LOST) as store:
        replayed(store, Filter(status=EventStatus.FAILED))
        store.received.map(said({"e1": MIRA}), NOW)
        [claim] = store.claims.claim(NOW, 10, ["main"])

    assert [claim.event_id for claim in claims] == ["e2"]
    assert (first["status"], first["contact"]) == ("failed", {"sealed": "sealed with a key that is not configured"})
    assert claim.event_id == "e1"


@pytest.mark.parametrize("after", [(), (NEW,)], ids=["no key", "another key"])
def test_it_looks_a_stranger_up_while_a_key_that_named_people_is_missing(
    database_url: str, after: tuple[str, ...]
) -> None:
    with opened(database_url, LOST) as store:
        tell(store, {"e1": MIRA})
    with opened(database_url, *after) as store:
        tell(store, {"e2": MIRA})
        [claim] = store.claims.claim(NOW, 10, ["main"])

    assert (claim.event_id, claim.person.uncertain) == ("e2", True)


def test_it_creates_a_stranger_at_once_while_all_keys_are_there(database_url: str) -> None:
    with opened(database_url, OLD) as store:
        tell(store, {"e1": MIRA})
    with opened(database_url, NEW, OLD) as store:
        tell(store, {"e2": Contact(email="ben@example.com")})
        claims = store.claims.claim(NOW, 10, ["main"])

    assert [claim.person.uncertain for claim in claims] == [False, False]


def test_it_sets_a_thin_event_aside_when_the_key_is_gone_and_fetches_the_others(database_url: str) -> None:
    def thin(_: object) -> tuple[str, Mapped]:
        return "main", Mapped(EventStatus.PENDING, "to be fetched")

    with opened(database_url, LOST) as store:
        store.inbox.add(arrival(NOW, "e1"))
        store.received.map(thin, NOW)
    with opened(database_url, NEW) as store:
        store.inbox.add(arrival(NOW, "e2"))
        store.received.map(thin, NOW)
        errands = store.fetches.take(NOW, 10, ["main"])
        found = {found["event_id"]: found["status"] for found in store.log.events(Filter())}

    assert [errand.event.event_id for errand in errands] == ["e2"]
    assert found == {"e1": "failed", "e2": "pending"}


def test_it_keeps_notes_that_it_cannot_read(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        tell(store, {"e1": MIRA})
        [claim] = store.claims.claim(NOW, 1, ["main"])
        with store.database.writing() as connection:
            connection.execute(
                events.update().values(notes=sa.literal(Seal([LOST]).seal_text('["a note"]'), sa.Text()))
            )
        store.claims.settle(ended(claim, NOW, notes=["another"]))
    with opened(database_url, NEW, LOST) as store:
        [found] = store.log.events(Filter())

    assert found["notes"] == ["a note"]


def test_the_newest_events_are_as_many_as_asked_for_though_some_cannot_be_unsealed(database_url: str) -> None:
    with opened(database_url, OLD) as store:
        tell(store, {"e1": MIRA, "e2": MIRA})
    with opened(database_url, LOST) as store:
        store.inbox.add(arrival(NOW, event("e3")))
    with opened(database_url, OLD) as store:
        found = [(kept.event.event_id, bool(kept.missing)) for kept in store.archive.latest(2)]

    assert found == [("e3", True), ("e2", False), ("e1", False)]


def test_what_was_sent_last_is_looked_for_among_the_attempts_that_can_be_unsealed(database_url: str) -> None:
    sent = [{"method": "POST", "body": {}}]
    with opened(database_url) as store:
        store.inbox.add(arrival(NOW, event("e1")))
        store.received.map(said({"e1": MIRA}), NOW)
        [claim] = store.claims.claim(NOW, 1, ["main"])
    with opened(database_url, LOST) as store, store.database.writing() as connection:
        attempt = ended(claim, NOW, EventStatus.FAILED, exchanges=sent).attempt
        connection.execute(attempts.insert(), [attempt_row(claim.row, attempt)])
    with opened(database_url, OLD) as store:
        assert store.archive.last_sent(claim.row) == []

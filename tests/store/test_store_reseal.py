"""Resealing: everything under the first key, so that older ones can go."""

from collections.abc import Callable

import pytest
from sealed_kit import LOST, MIRA, NEW, OLD, everything_in, files_of, opened, persons_in, shown, tell, tell_all_of_mira
from store_events import NOW, arrival, event

from app.contact import Contact
from app.store import Filter, Store
from app.store.reseal import Reseal, Resealed
from app.store.tables import events, identities


def add_many(store: Store) -> None:
    """More than one batch."""
    tell(store, {f"many{number}": Contact(user_id=f"shop:{number}") for number in range(120)})


@pytest.mark.parametrize("before", [(), (OLD,)], ids=["plain", "older key"])
def test_it_makes_older_keys_unnecessary(database_url: str, before: tuple[str, ...]) -> None:
    with opened(database_url, *before) as store:
        tell_all_of_mira(store)
        add_many(store)
    with opened(database_url, NEW, *before) as store:
        done = Reseal(store.database).run()
    with opened(database_url, NEW) as store:
        tell(store, {"e2": MIRA})
        found = {event["event_id"]: event for event in store.log.events(Filter(), 200)}
        claims = store.claims.claim(NOW, 200, ["main"])

        assert shown(everything_in(store)) == []
        assert persons_in(store) == 121
        assert len(store.log.events(Filter(person="mira@sealed.example"))) == 2

    assert (done.unreadable, done.remaining) == (0, 0)
    assert done.sealed > 240
    assert found["e1"]["contact"]["email"] == "mira@sealed.example"
    assert len(claims) == 121
    assert [claim.event_id for claim in claims if claim.person.uncertain] == []


def test_it_leaves_no_plain_word_in_the_files(sqlite_url: str) -> None:
    with opened(sqlite_url) as store:
        tell_all_of_mira(store)
    with opened(sqlite_url, NEW) as store:
        before = shown(files_of(sqlite_url))
        Reseal(store.database).run()

        assert (len(before), shown(files_of(sqlite_url))) == (5, [])


def test_it_has_nothing_to_do_the_second_time(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        tell_all_of_mira(store)

        assert Reseal(store.database).run() == Resealed()


def test_it_goes_on_where_it_was_stopped(database_url: str) -> None:
    with opened(database_url) as store:
        add_many(store)
    with opened(database_url, NEW) as store:
        with pytest.raises(KeyboardInterrupt):
            Reseal(store.database, _stop).run()
        again = Reseal(store.database).run()

        assert 120 <= again.sealed < 360
        assert b"shop:11" not in everything_in(store).replace(b"shop\n", b"")


def _stop(_: int) -> None:
    raise KeyboardInterrupt


def test_it_does_not_undo_what_changes_meanwhile(database_url: str) -> None:
    with opened(database_url) as plain, opened(database_url, NEW) as store:
        tell(plain, {"e1": MIRA})
        told: list[int] = []

        def change(rows: int) -> None:
            """Everything was read and written back by now, so this is what another process does in between."""
            if not told:
                plain.inbox.add(arrival(NOW, "late"))
            told.append(rows)

        done = Reseal(store.database, change).run()

        assert done.remaining == 0
        assert {event["event_id"] for event in store.log.events(Filter())} == {"e1", "late"}
        assert shown(everything_in(store)) == []


def test_it_overwrites_nothing_that_changed_since_it_was_read(database_url: str) -> None:
    with opened(database_url, NEW) as store:
        store.inbox.add(arrival(NOW, event("e1", body=b"changed meanwhile")))
        done = Resealed()

        Reseal(store.database)._change(events, events.c.id, [(1, events.c.body, b"as it was read", b"sealed")], done)
        kept = store.log.event("shop", "e1")

    assert done.sealed == 0
    assert kept
    assert kept.body == b"changed meanwhile"


def test_it_counts_what_no_key_opens_and_leaves_it(database_url: str) -> None:
    with opened(database_url, LOST) as store:
        tell_all_of_mira(store)
    with opened(database_url, NEW) as store:
        done = Reseal(store.database).run()
        tell(store, {"e2": MIRA})
        [claim] = store.claims.claim(NOW, 1, ["main"])
    with opened(database_url, NEW, LOST) as store:
        found = store.log.events(Filter(event_ids=["e1"]))

    assert done.unreadable >= 8
    assert claim.person.uncertain
    assert found[0]["contact"]["email"] == "mira@sealed.example"


@pytest.mark.parametrize("running", [(), (OLD,)], ids=["no key", "older key"])
def test_to_a_process_without_the_first_key_whoever_seems_new_is_uncertain(
    database_url: str, running: tuple[str, ...]
) -> None:
    with opened(database_url, *running) as older, opened(database_url, NEW, *running) as store:
        tell(older, {"e1": MIRA})
        with pytest.raises(KeyboardInterrupt):
            Reseal(store.database, _stop_when_named(store)).run()

        tell(older, {"e2": MIRA})
        uncertain = {claim.event_id: claim.person.uncertain for claim in store.claims.claim(NOW, 2, ["main"])}

    assert uncertain == {"e1": False, "e2": True}


def _stop_when_named(store: Store) -> Callable[[int], None]:
    """Stop as soon as anybody has the first key's name."""
    named = identities.c.value.startswith(store.database.seal.name_prefix)

    def stop(rows: int) -> None:
        with store.database.reading() as connection:
            if connection.execute(identities.select().where(named)).first():
                _stop(rows)

    return stop


@pytest.mark.parametrize("first", ["plain", "sealed"])
def test_it_makes_one_of_an_identity_that_two_processes_named_differently(database_url: str, first: str) -> None:
    with opened(database_url) as plain, opened(database_url, NEW, OLD) as store:
        one, two = (plain, store) if first == "plain" else (store, plain)
        tell(one, {"e1": Contact(email="mira@sealed.example")})
        with store.database.writing() as connection:  # what `two` does not see, because it has not the keys
            connection.exec_driver_sql("UPDATE identities SET org = 'hidden'")
        tell(two, {"e2": Contact(email="mira@sealed.example")})
        with store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE identities SET org = 'main'")
            connection.exec_driver_sql("UPDATE persons SET contact_id = 'c1' WHERE id = 1")

        done = Reseal(store.database).run()
        tell(store, {"e3": Contact(email="mira@sealed.example")})

        with store.database.reading() as connection:
            tied = connection.exec_driver_sql("SELECT event_id, person_id FROM events ORDER BY id").all()
            left = connection.exec_driver_sql("SELECT count(*) FROM identities").scalar()
        notes = {event["event_id"]: event["notes"] for event in store.log.events(Filter())}

    assert (done.unreadable, done.shared, left) == (0, 1, 1)
    assert tied[2][1] == tied[0][1] != tied[1][1]
    told = "person 1 (contact c1) and person 2 have one email; it stays with person 1"
    assert notes["e1"] == notes["e2"] == [f"names one person who is known as two: {told}"]

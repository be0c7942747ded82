"""Who is who: everything that names a person leads to one person, in each org."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import sqlalchemy as sa
from store_events import NOW, ana, arrival, event, pending, said, together

from app.contact import Contact
from app.store import Filter, Store, tables
from app.store.people import Tie, tie


def tell(store: Store, contacts: dict[str, Contact], org: str = "main") -> None:
    store.inbox.add(arrival(NOW, *contacts))
    store.received.map(said(contacts, org), NOW)


def people(store: Store) -> dict[str, int]:
    """Return each event's person."""
    with store.database.reading() as connection:
        return dict(connection.exec_driver_sql("SELECT event_id, person_id FROM events").all())


def identities(store: Store, person: str) -> set[tuple[str, str]]:
    """Return what the person that an event names is known by."""
    with store.database.reading() as connection:
        rows = connection.execute(sa.select(tables.identities)).all()
    return {(row.kind, row.sealed or row.value) for row in rows if row.person_id == people(store)[person]}


def test_it_knows_a_person_again_by_any_identity(store: Store) -> None:
    tell(store, {"e1": Contact(user_id="shop:1", email="ana@example.com", phone="+14155552671")})
    tell(store, {
        "e2": Contact(email="ana@example.com"), "e3": Contact(phone="+14155552671"), "e4": Contact(user_id="shop:1"),
        "e5": Contact(email="ben@example.com"),
    })  # fmt: skip

    found = people(store)

    assert found["e1"] == found["e2"] == found["e3"] == found["e4"] != found["e5"]


def test_it_learns_a_further_identity_of_a_known_person(store: Store) -> None:
    tell(store, {"e1": Contact(email="ana@example.com")})
    tell(store, {"e2": Contact(email="ana@example.com", phone="+14155552671")})
    tell(store, {"e3": Contact(phone="+14155552671")})

    assert len(set(people(store).values())) == 1
    assert identities(store, "e1") == {("email", "ana@example.com"), ("phone", "+14155552671")}


def test_it_compares_addresses_without_case(store: Store) -> None:
    tell(store, {"e1": Contact(email="Ana@example.com")})
    tell(store, {"e2": Contact(email="aNA@example.com")})

    assert len(set(people(store).values())) == 1
    assert [row["event_id"] for row in store.log.events(Filter(person="ANA@example.com"))] == ["e2", "e1"]


def test_it_takes_three_sources_in_one_batch_for_one_person(store: Store) -> None:
    said_by = {
        "shop": Contact(user_id="shop:1", email="ana@example.com"),
        "form": Contact(email="ana@example.com", phone="+14155552671"),
        "desk": Contact(phone="+14155552671", name="Ana"),
    }
    store.inbox.add(arrival(NOW, *(event(f"{source}1", source=source) for source in said_by)))

    store.received.map(lambda event: pending(said_by[event.source]), NOW)

    assert len(set(people(store).values())) == 1
    assert len(identities(store, "shop1")) == 3


def test_it_knows_a_person_in_one_org_only(store: Store) -> None:
    tell(store, {"e1": Contact(email="ana@example.com")}, "main")
    tell(store, {"e2": Contact(email="ana@example.com")}, "other")

    assert len(set(people(store).values())) == 2


def test_it_does_not_take_a_phone_number_for_a_user_id(store: Store) -> None:
    tell(store, {"e1": Contact(phone="+14155552671"), "e2": Contact(user_id="+14155552671", email="b@example.com")})

    assert len(set(people(store).values())) == 2


def test_it_believes_the_strongest_of_two_known_people_and_says_so(store: Store) -> None:
    tell(store, {
        "ana": Contact(phone="+14155552671"), "ben": Contact(email="ben@example.com"), "cy": Contact(user_id="shop:3"),
    })  # fmt: skip
    tell(store, {
        "e1": Contact(user_id="shop:3", email="ben@example.com", phone="+14155552671"),
        "e2": Contact(user_id="new:1", email="ben@example.com", phone="+14155552671"),
    })  # fmt: skip

    found, notes = people(store), {row["event_id"]: row["notes"] for row in store.log.events(Filter())}

    assert found["e1"] == found["cy"]
    assert found["e2"] == found["ben"]
    (note,) = notes["e1"]
    assert note.startswith(f"names two known persons: taken as person {found['cy']} by user id; its email belongs")
    assert note.endswith(f"belongs to person {found['ben']}, its phone belongs to person {found['ana']}")
    assert notes["ana"] is None


def test_it_leaves_an_identity_with_the_person_who_had_it(store: Store) -> None:
    tell(store, {"ana": Contact(email="ana@example.com"), "ben": Contact(user_id="shop:2")})

    tell(store, {"e1": Contact(user_id="shop:2", email="ana@example.com")})

    assert identities(store, "ana") == {("email", "ana@example.com")}
    assert identities(store, "ben") == {("user_id", "shop:2")}


def test_it_makes_one_person_of_news_that_two_processes_map_at_once(another) -> None:
    stores = [another(), another()]
    names = [f"e{number}" for number in range(40)]
    stores[0].inbox.add(arrival(NOW, *names))

    def work(place: int) -> None:
        while stores[place].received.map(ana, NOW, 1):
            pass

    together(2, work)

    assert people(stores[0]).keys() == set(names)
    assert len(set(people(stores[0]).values())) == 1


def test_it_waits_for_a_process_that_ties_the_same_person(another) -> None:
    one, two, three = another(), another(), another()
    news = [("main", Contact(email="ana@example.com"))]

    def tie_too() -> list[Tie]:
        with two.database.writing() as connection:
            return tie(connection, news, NOW)

    with ThreadPoolExecutor(1) as pool:
        with one.database.writing() as connection:
            first = tie(connection, news, NOW)
            second = pool.submit(tie_too)
            _wait_until_it_waits(three)

        assert second.result(10) == first


def _wait_until_it_waits(store: Store) -> None:
    """On SQLite it waits for its turn to write, as everybody does."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    deadline = monotonic() + 10
    while not store.database.is_sqlite and monotonic() < deadline:
        with store.database.reading() as connection:
            if connection.exec_driver_sql(waiting).scalar():
                return

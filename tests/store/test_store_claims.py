"""Claims: who works on what, one event of a person at a time."""

from datetime import timedelta
from threading import Lock

from store_events import NOW, ana, arrival, claimed, ended, event, pending, somebody, statuses, together, wait_for

from app.contact import Contact
from app.mapping import Mapped
from app.store import Claim, Store
from app.webhook import Event, EventStatus

SECOND = timedelta(seconds=1)


def put_off(store: Store, event_id: str, due_at) -> None:
    """Let an event be tried at another time."""
    (claim,) = [each for each in store.claims.claim(NOW, 99, ["main"]) if each.event_id == event_id]
    store.claims.settle(ended(claim, NOW, EventStatus.PENDING, due_at=due_at))


def test_it_hands_out_what_is_due_first(store: Store) -> None:
    for number, event_id in enumerate(["last", "second", "first"]):
        wait_for(store, NOW - number * SECOND, event_id)
    if store.database.is_sqlite:
        with store.database.writing() as connection:
            connection.exec_driver_sql("DROP INDEX ix_events_due")  # which would happen to have them in order

    assert claimed(store, NOW, most=2) == ["first", "second"]


def test_it_hands_out_what_was_received_first_of_what_is_due_at_once(store: Store) -> None:
    for event_id in ("e2", "e1"):
        store.inbox.add(arrival(NOW, event_id))
    store.received.map(somebody, NOW)

    assert claimed(store, NOW) == ["e2", "e1"]


def test_it_hands_out_nothing_before_it_is_due(store: Store) -> None:
    wait_for(store, NOW, "e1")
    put_off(store, "e1", NOW + 5 * SECOND)

    assert claimed(store, NOW + 4 * SECOND) == []
    assert claimed(store, NOW + 5 * SECOND) == ["e1"]


def test_it_hands_out_only_what_is_pending(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", "e3")
    endings = (EventStatus.DELIVERED, EventStatus.FAILED, EventStatus.IGNORED)
    for claim, ending in zip(store.claims.claim(NOW, 9, ["main"]), endings, strict=True):
        store.claims.settle(ended(claim, NOW, ending))
    store.inbox.add(arrival(NOW, "e4"))

    assert claimed(store, NOW + SECOND) == []
    assert store.claims.next_due(["main"]) is None


def test_it_hands_out_no_more_than_asked_for(store: Store) -> None:
    wait_for(store, NOW, *(f"e{number}" for number in range(9)))

    assert len(claimed(store, NOW, most=4)) == 4
    assert len(claimed(store, NOW, most=9)) == 5


def test_it_hands_out_only_of_the_orgs_asked_for(store: Store) -> None:
    for org in ("down", "main"):
        store.inbox.add(arrival(NOW, event(org)))
        store.received.map(lambda event: pending(Contact(email="ana@example.com"), event.event_id), NOW)

    assert claimed(store, NOW, org="main") == ["main"]
    assert store.claims.claim(NOW, 9, []) == []
    assert claimed(store, NOW, org="down") == ["down"]


def test_it_says_when_the_next_is_due(store: Store) -> None:
    assert store.claims.next_due(["main"]) is None

    wait_for(store, NOW + 9 * SECOND, "e1")
    wait_for(store, NOW, "e2")

    assert store.claims.next_due(["main", "other"]) == NOW
    assert store.claims.next_due(["other"]) is None
    assert store.claims.next_due([]) is None


def test_it_hands_out_one_event_of_a_person_at_a_time(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    wait_for(store, NOW, "e3")

    (first, _) = store.claims.claim(NOW, 9, ["main"])

    assert claimed(store, NOW) == []
    store.claims.settle(ended(first, NOW))
    assert claimed(store, NOW) == ["e2"]


def test_it_finds_others_behind_one_person_with_much_news(store: Store) -> None:
    wait_for(store, NOW, *(f"ana{number}" for number in range(30)), mapper=ana)
    wait_for(store, NOW + SECOND, "ben")

    assert claimed(store, NOW + SECOND, most=2) == ["ana0"]
    assert claimed(store, NOW + SECOND, most=2) == ["ben"]


class Deliveries:
    """Whom several workers deliver at the moment."""

    def __init__(self) -> None:
        self.busy: set[int] = set()
        self.doubled: list[int] = []
        self._lock = Lock()

    def deliver(self, store: Store, claim: Claim) -> None:
        with self._lock:
            self.doubled += [claim.person.id] if claim.person.id in self.busy else []
            self.busy.add(claim.person.id)
        statuses(store)  # takes its time
        with self._lock:
            self.busy.discard(claim.person.id)
        store.claims.settle(ended(claim, NOW))


def test_it_never_hands_out_two_events_of_a_person_in_whatever_process(another) -> None:
    stores, deliveries = [another(), another()], Deliveries()
    names = [f"e{number}" for number in range(60)]

    def of_six(event: Event) -> tuple[str, Mapped]:
        return pending(Contact(email=f"p{int(event.event_id[1:]) % 6}@example.com"))

    def work(place: int) -> None:
        store = stores[place % 2]
        while store.claims.next_due(["main"]):
            for claim in store.claims.claim(NOW, 1 + place, ["main"]):
                deliveries.deliver(store, claim)

    wait_for(stores[0], NOW, *names, mapper=of_six)
    together(4, work)

    assert deliveries.doubled == []
    assert statuses(stores[0]) == dict.fromkeys(names, "delivered")
    with stores[0].database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM attempts").scalar() == len(names)

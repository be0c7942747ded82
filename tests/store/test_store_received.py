"""What was received is mapped once, and each event gets what mapping made of it."""

from datetime import timedelta

from store_events import NOW, arrival, event, pending, somebody, statuses, together

from app.contact import Consent, ConsentState, Contact, Meaning
from app.mapping import Mapped
from app.store import Filter, Store, Verdict
from app.webhook import Event, EventStatus

LATER = NOW + timedelta(minutes=1)


def test_it_maps_the_oldest_first(store: Store) -> None:
    for event_id in ("e3", "e1", "e2"):
        store.inbox.add(arrival(NOW, event_id))

    verdicts = store.received.map(somebody, NOW, most=2)

    assert [verdict.event_id for verdict in verdicts] == ["e3", "e1"]
    assert statuses(store) == {"e3": "pending", "e1": "pending", "e2": "received"}


def test_it_shows_the_mapper_the_event_as_it_came(store: Store) -> None:
    came = event("e1", body=b"\xff", content_type="text/plain", test=True)
    store.inbox.add(arrival(NOW, came))
    seen: list[Event] = []

    store.received.map(lambda event: (seen.append(event), somebody(event))[1], NOW)

    assert seen == [came]


def test_it_writes_down_what_became_of_an_event(store: Store) -> None:
    contact = Contact(
        user_id="shop:1", name="Ana", email="ana@example.com", phone="+14155552671", contact_id="c1",
        segment_ids=("seg_vip",), consent=Consent(ConsentState.GRANTED, NOW),
    )  # fmt: skip
    store.inbox.add(arrival(NOW, "e1"))

    (verdict,) = store.received.map(lambda _: pending(contact, "main", "phone left out"), LATER)

    assert verdict == Verdict("shop", "e1", EventStatus.PENDING, "")
    (row,) = store.log.events(Filter())
    assert (row["status"], row["reason"], row["org"], row["meaning"]) == ("pending", None, "main", "signed up")
    assert (row["notes"], row["due_at"], row["settled_at"]) == (["phone left out"], LATER, None)
    (claim,) = store.claims.claim(LATER, 1, ["main"])
    assert claim.contact == contact
    assert claim.meaning is Meaning.SIGNED_UP


def test_it_settles_what_is_ignored_or_failed_at_once(store: Store) -> None:
    store.inbox.add(arrival(NOW, "e1", "e2"))
    verdicts = {"e1": Mapped(EventStatus.IGNORED, "no consent"), "e2": Mapped(EventStatus.FAILED, "no e-mail")}

    store.received.map(lambda event: ("main", verdicts[event.event_id]), LATER)

    rows = {row["event_id"]: row for row in store.log.events(Filter())}
    endings = [(rows[name]["status"], rows[name]["reason"]) for name in ("e1", "e2")]
    assert endings == [("ignored", "no consent"), ("failed", "no e-mail")]
    assert [(rows[i]["settled_at"], rows[i]["due_at"]) for i in rows] == [(LATER, None)] * 2
    assert store.claims.claim(LATER, 9, ["main"]) == []


def test_it_makes_no_person_for_what_is_not_delivered(store: Store) -> None:
    store.inbox.add(arrival(NOW, "e1"))
    refused = Mapped(EventStatus.IGNORED, "no consent", contact=Contact(email="ana@example.com"))

    store.received.map(lambda _: ("main", refused), NOW)

    assert store.log.events(Filter(person="ana@example.com")) == []


def test_it_fails_one_event_when_mapping_it_goes_wrong_and_maps_the_others(store: Store) -> None:
    """A bug of ours at one event must not stop everybody's deliveries for good."""
    store.inbox.add(arrival(NOW, "e1", "e2", "e3"))

    def map_(event: Event) -> tuple[str, Mapped]:
        if event.event_id == "e2":
            raise KeyError("ana@example.com")
        return somebody(event)

    store.received.map(map_, NOW)

    assert statuses(store) == {"e1": "pending", "e2": "failed", "e3": "pending"}
    (row,) = store.log.events(Filter(status=EventStatus.FAILED))
    assert row["reason"] == "an error in the bridge itself: KeyError"


def test_it_keeps_whatever_words_mapping_finds(store: Store) -> None:
    odd = "nul \0 half \ud83d " + "long " * 1_000
    store.inbox.add(arrival(NOW, "e1", "e2"))
    failed = ("", Mapped(EventStatus.FAILED, odd))
    results = {"e1": pending(Contact(name=odd, email="ana@example.com"), "main", odd), "e2": failed}

    store.received.map(lambda event: results[event.event_id], NOW)

    (claim,) = store.claims.claim(NOW, 1, ["main"])
    assert claim.contact.name == odd


def test_it_has_nothing_to_do_when_nothing_was_received(store: Store) -> None:
    assert store.received.map(somebody, NOW) == []


def test_it_does_no_work_twice_among_processes(another) -> None:
    """On SQLite two may map the same event, and the first one counts."""
    stores = [another(), another()]
    names = [f"e{number}" for number in range(120)]
    stores[0].inbox.add(arrival(NOW, *names))
    verdicts: list[str] = []

    def work(place: int) -> None:
        while mapped := stores[place].received.map(somebody, NOW, 7):
            verdicts.extend(verdict.event_id for verdict in mapped)

    together(2, work)

    assert statuses(stores[0]) == dict.fromkeys(names, "pending")
    assert stores[0].database.is_sqlite or len(verdicts) == len(names)
    assert len(stores[0].claims.claim(NOW, 500, ["main"])) == len(names)


def test_it_changes_nothing_that_another_process_mapped_meanwhile(another) -> None:
    one, two = another(), another()
    if not one.database.is_sqlite:
        return  # there the rows are locked meanwhile
    one.inbox.add(arrival(NOW, "e1"))

    def slow(event: Event) -> tuple[str, Mapped]:
        two.received.map(somebody, NOW)
        return "", Mapped(EventStatus.FAILED, "too late")

    one.received.map(slow, LATER)

    (row,) = one.log.events(Filter())
    assert (row["status"], row["due_at"]) == ("pending", NOW)

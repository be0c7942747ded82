"""Events, contacts and settlements for the tests of the store; everybody is invented."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

from app.contact import Contact, Meaning
from app.mapping import Mapped
from app.store import Arrival, Attempt, Claim, Filter, Settlement, Store
from app.webhook import Event, EventStatus

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Mapper = Callable[[Event], tuple[str, Mapped]]


def event(event_id: str, source: str = "shop", **parts: Any) -> Event:
    return Event(source, event_id, **{"event_type": "signup", "occurred_at": NOW, "body": b'{"id": 1}', **parts})


def arrival(now: datetime, *events: Event | str) -> Arrival:
    kept = [event(each) if isinstance(each, str) else each for each in events]
    return Arrival(now, [(each, EventStatus.RECEIVED, None) for each in kept])


def pending(contact: Contact, org: str = "main", *notes: str) -> tuple[str, Mapped]:
    return org, Mapped(EventStatus.PENDING, contact=contact, meaning=Meaning.SIGNED_UP, notes=notes)


def somebody(event: Event) -> tuple[str, Mapped]:
    """Every event tells of another person."""
    return pending(Contact(user_id=f"{event.source}:{event.event_id}", email=f"{event.event_id}@example.com"))


def ana(event: Event) -> tuple[str, Mapped]:
    """Every event tells of the same person."""
    return pending(Contact(name="Ana", email="ana@example.com"))


def said(contacts: Mapping[str, Contact], org: str = "main") -> Mapper:
    """Each event tells of the contact that has its id here."""
    return lambda event: pending(contacts[event.event_id], org)


def wait_for(store: Store, now: datetime, *event_ids: str, mapper: Mapper = somebody, most: int = 200) -> None:
    """Keep events and map them, up to ``most``: they wait to be delivered."""
    store.inbox.add(arrival(now, *event_ids))
    store.received.map(mapper, now, most)


def ended(claim: Claim, now: datetime, status: EventStatus = EventStatus.DELIVERED, **parts: Any) -> Settlement:
    attempt = Attempt(
        now, 12, parts.pop("outcome", status.value), parts.pop("message", None), parts.pop("exchanges", ())
    )
    person = replace(claim.person, **parts.pop("person", {}))
    return Settlement(claim, status, person, attempt, **parts)


def together(count: int, work: Callable[[int], object]) -> list[Any]:
    """Call ``work`` with 0, 1, … in as many threads at the same moment; return what it returned."""
    barrier = Barrier(count)

    def start(place: int) -> object:
        barrier.wait(10)
        return work(place)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))


def claimed(store: Store, now: datetime, most: int = 10, org: str = "main") -> list[str]:
    return [claim.event_id for claim in store.claims.claim(now, most, [org])]


def statuses(store: Store) -> dict[str, str]:
    return {row["event_id"]: row["status"] for row in store.log.events(Filter(), 10_000)}


def replayed(store: Store, which: Filter, at_once: int = 500) -> list[tuple[str, str]]:
    """Put events back to where mapping begins; return which."""
    return [each for batch in store.replays.batches(which, NOW, at_once) for each in batch.changed]

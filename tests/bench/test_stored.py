import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import utc_now
from app.bridge import Bridge
from app.config import load
from app.store import Filter, Store
from app.webhook import EventStatus
from tests.bench.bridges import ORG, configured
from tests.bench.operations import AT_ONCE, timed
from tests.bench.stored import Contents, email, fill
from tests.bench.webhooks import SOURCE, customer


@pytest.fixture
def filled(database_url: str) -> Iterator[Store]:
    fill(database_url, Contents(received=3, pending=2, settled=6, old=3))
    store = Store(database_url)
    yield store
    store.close()


def test_it_stores_what_is_asked_for(filled: Store) -> None:
    assert filled.log.counts() == {(SOURCE, "received"): 3, (SOURCE, "pending"): 2, (SOURCE, "delivered"): 6}


def test_two_settled_events_belong_to_one_person(filled: Store) -> None:
    events = filled.log.events(Filter(person=email(1)))

    assert [event["status"] for event in events] == ["delivered", "delivered"]
    assert [attempt["outcome"] for attempt in filled.log.attempts(SOURCE, events[0]["event_id"])] == ["created"]


def test_what_is_pending_can_be_claimed_and_is_about_somebody_else_each(filled: Store) -> None:
    claims = filled.claims.claim(utc_now(), 10, [ORG])

    assert len({claim.person.id for claim in claims}) == 2
    assert all(("email", claim.contact.email) in claim.person.identities for claim in claims)


def test_what_was_received_makes_people_whom_nobody_knows_yet(filled: Store, tmp_path: Path) -> None:
    bridge = Bridge(load(configured(tmp_path, "sqlite:///unused.db"), {}), filled, utc_now)

    verdicts = filled.received.map(bridge.map, utc_now())

    assert [verdict.status for verdict in verdicts] == [EventStatus.PENDING] * 3
    claims = filled.claims.claim(utc_now(), 10, [ORG])
    assert len({claim.person.id for claim in claims}) == 5
    assert json.loads(customer(1))["email"] not in {claim.contact.email for claim in claims}  # load begins with 1


def test_operations_are_timed_on_each_store_as_often(database_url: str) -> None:
    fill(database_url, Contents(pending=3 * AT_ONCE, settled=2))

    times = timed({"this": database_url}, 2)

    assert {len(seconds) for seconds in times.values()} == {2}
    assert all(seconds > 0 for taken in times.values() for seconds in taken)

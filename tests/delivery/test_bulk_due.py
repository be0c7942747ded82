"""When there are bulk calls: more is waiting than the limit clears in a minute, and nothing holds the org."""

import io
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bulk_kit import BULK, DRY, NOBODY, BulkRig, everybody, person
from delivery_kit import Rig, config, running, utc_now, wait_for

from app.importing import Import
from app.sandbox import Fault
from app.store import EVERYBODY, Hold, Store
from app.tabular import Table

LIMIT = 40


@pytest.fixture
def full(store: Store, sandbox, clock) -> Iterator[BulkRig]:
    """Twice as many as the limit clears in a minute, mapped and waiting."""
    rig = BulkRig(store, sandbox, clock, f"rate_limit = {LIMIT}")
    rig.crowd(2 * LIMIT)
    rig.map()
    yield rig
    rig.close()


def due(rig: Rig, *orgs: str, without: frozenset[str] = NOBODY) -> list[str]:
    return rig.delivery.bulk.due(orgs or ("main", "other"), rig.clock(), without)


def test_it_is_due_when_more_wait_than_the_limit_clears_in_a_minute(store: Store, sandbox, clock) -> None:
    rig = BulkRig(store, sandbox, clock, f"rate_limit = {LIMIT}")
    rig.crowd(LIMIT)
    rig.map()

    as_many = due(rig)
    rig.crowd(1)
    rig.map()

    assert (as_many, due(rig)) == ([], ["main"])
    rig.close()


def test_it_is_never_due_where_it_is_not_allowed(store: Store, sandbox, clock) -> None:
    rig = Rig(store, sandbox, clock, config(sandbox.url, f"rate_limit = {LIMIT}"))
    for number in range(2 * LIMIT):
        rig.add(**person(number))
    rig.store.received.map(rig.bridge.map, clock(), 1_000)

    assert due(rig) == []
    rig.close()


def test_it_is_not_due_twice_at_a_time(full: BulkRig) -> None:
    assert (due(full), due(full)) == (["main"], [])


@pytest.mark.parametrize("hold", [("main", Hold.DOWN), ("main", Hold.KEY_REFUSED), (EVERYBODY, Hold.LIMITED)])
def test_it_is_not_due_while_the_org_or_everybody_is_held(full: BulkRig, hold: tuple[str, Hold]) -> None:
    full.store.orgs.hold(*hold, "for a test", full.clock())

    assert due(full) == []


def test_it_is_not_due_for_an_org_that_is_paused_nor_by_a_source_that_is(full: BulkRig) -> None:
    assert due(full, "other") == []
    assert due(full, without=frozenset({"form"})) == []


def test_what_waits_for_its_next_try_does_not_count(full: BulkRig) -> None:
    full.clock.advance(seconds=-1)

    assert due(full) == []


def test_once_begun_it_goes_on_until_few_are_left(full: BulkRig) -> None:
    due(full)
    full.delivery.bulk.run("main", NOBODY)
    full.crowd(10)
    full.map()
    soon = due(full)
    full.clock.advance(seconds=1)
    later = due(full)
    full.delivery.bulk.run("main", NOBODY)
    full.crowd(9)
    full.map()
    full.clock.advance(seconds=1)

    assert (soon, later, due(full)) == ([], ["main"], [])
    assert len(full.contacts()) == 2 * LIMIT + 10


def test_half_of_the_limit_is_kept_for_it_meanwhile(full: BulkRig) -> None:
    before = full.delivery.pace.kept
    due(full)

    assert (before, full.delivery.pace.kept) == (0, LIMIT // 2)


def test_the_whole_limit_is_for_the_others_when_all_who_wait_have_to_go_alone(store: Store, sandbox, clock) -> None:
    rig = BulkRig(store, sandbox, clock, f"rate_limit = {LIMIT}")
    rig.crowd(2 * LIMIT, consent=False)
    rig.map()

    first = due(rig)
    rig.delivery.bulk.run("main", NOBODY)
    soon = due(rig)
    clock.advance(seconds=5)

    assert (first, soon, rig.delivery.pace.kept, rig.delivery.bulk.busy) == (["main"], [], 0, set())
    assert due(rig) == ["main"]
    rig.close()


def test_after_trouble_it_begins_only_when_many_wait_again(full: BulkRig) -> None:
    full.sandbox.faults.add(Fault("error", path_ends="/dry"))
    due(full)
    full.delivery.bulk.run("main", NOBODY)
    off = due(full)
    full.clock.advance(seconds=60)

    assert (off, full.delivery.pace.kept, due(full)) == ([], 0, ["main"])


def test_a_crowd_is_gone_in_a_moment_with_everything_running(store: Store, sandbox) -> None:
    """Both ways at once: those who must go alone go meanwhile, and nobody is there twice."""
    rig = BulkRig(store, sandbox, utc_now, "rate_limit = 200")
    rig.crowd(9, consent=False)
    rig.crowd(891)

    with running(rig):
        wait_for(lambda: sandbox.contacts.created == 900 and not rig.waiting)

    assert sorted(contact["channels"][0]["email"] for contact in rig.contacts()) == everybody(range(1, 901))
    assert sum(contact["unsubscribed"] for contact in rig.contacts()) == 9
    calls = rig.calls()
    assert {DRY, BULK, "POST contacts"} <= set(calls)
    assert len(calls) <= 200


def test_it_stops_between_two_requests_and_nobody_is_uncertain(store: Store, sandbox, clock) -> None:
    rig = BulkRig(store, sandbox, clock, "rate_limit = 1")
    ids = rig.crowd()
    rig.map()

    running = threading.Thread(target=rig.delivery.bulk.run, args=("main", NOBODY))
    running.start()
    wait_for(rig.sandbox.requests.all)
    rig.delivery.pace.close()
    running.join(10)

    assert rig.calls() == [DRY]
    assert [rig.event(event_id)["attempts"] for event_id in ids] == [0] * len(ids)
    claims = rig.store.claims.claim(clock() + timedelta(seconds=1), 100, ["main"])
    assert len(claims) == len(ids)
    assert not any(claim.person.uncertain for claim in claims)
    rig.close()


def test_rows_of_another_org_that_are_not_mapped_yet_do_not_count(store: Store, sandbox, clock) -> None:
    rig = BulkRig(store, sandbox, clock, f"rate_limit = {LIMIT}")
    text = "email\n" + "".join(f"p{number}@example.com\n" for number in range(2 * LIMIT))
    source = rig.bridge.config.import_source("other")

    list(Import(source, Table(io.BytesIO(text.encode())), clock()).keep(store))
    elsewhere = due(rig)
    list(Import(rig.bridge.config.import_source("main"), Table(io.BytesIO(text.encode())), clock()).keep(store))

    assert (elsewhere, due(rig)) == ([], ["main"])
    rig.close()

"""Leases: what becomes of the claims of a process that died, or lost touch with the database."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from store_events import NOW, ana, claimed, ended, replayed, statuses, wait_for
from store_processes import process

from app.errors import StoreUnavailableError
from app.store import Filter, Store
from app.store.life import FileLife
from app.store.session_life import SessionLife
from app.webhook import EventStatus

LATER = NOW + timedelta(days=1)  # whatever the clock says, a lease is over only when its owner is dead


def test_it_keeps_a_lease_as_long_as_its_process_lives(store: Store, another) -> None:
    wait_for(store, NOW, "e1")
    (claim,) = store.claims.claim(NOW, 1, ["main"])
    other = another()

    assert other.claims.adopt() == {}
    assert other.claims.claim(LATER, 1, ["main"]) == []
    assert not claim.person.uncertain


def test_it_hands_out_what_a_dead_process_had_once_it_was_adopted_and_has_rested(store: Store, another) -> None:
    wait_for(store, NOW, "e1")
    (lost,) = store.claims.claim(NOW, 1, ["main"])
    store.life.close()
    other = another()

    assert other.claims.claim(LATER, 1, ["main"]) == []
    adopted = other.claims.adopt()
    assert list(adopted) == [lost.person.id]
    assert other.claims.claim(LATER, 1, ["main"]) == []
    other.claims.free(adopted)
    (again,) = other.claims.claim(NOW, 1, ["main"])

    assert again.event_id == "e1"
    assert again.person.uncertain  # nobody knows how far the first one got
    assert again.attempts == 0


def test_only_one_adopts_an_orphan(store: Store, another) -> None:
    wait_for(store, NOW, "e1")
    store.claims.claim(NOW, 1, ["main"])
    store.life.close()

    adopted = [another().claims.adopt() for _ in range(3)]

    assert sorted(map(len, adopted)) == [0, 0, 1]


def test_it_frees_nobody_whom_another_process_works_on(store: Store, another) -> None:
    wait_for(store, NOW, "e1")
    (claim,) = store.claims.claim(NOW, 1, ["main"])

    another().claims.free({claim.person.id: claim.owner})

    assert claimed(store, NOW) == []


@pytest.mark.slow
def test_a_process_that_is_killed_lives_no_more(store: Store, database_url: str) -> None:
    wait_for(store, NOW, "e1")
    with process("claim", database_url) as running:
        assert running.stdout
        assert running.stdout.readline() == "e1\n"
        alive = store.claims.adopt()
    running.wait(10)

    adopted: dict[int, str] = {}
    for _ in range(1000):  # the server may need a moment to notice
        adopted = adopted or store.claims.adopt()

    assert alive == {}
    assert len(adopted) == 1


def test_it_is_uncertain_of_a_person_whichever_event_comes_next(store: Store) -> None:
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    (lost,) = store.claims.claim(NOW, 1, ["main"])
    replayed(store, _only("e1"))
    store.claims.free({lost.person.id: lost.owner})

    (again,) = store.claims.claim(NOW, 1, ["main"])

    assert (lost.event_id, again.person.uncertain) == ("e1", True)


def test_it_stays_uncertain_until_somebody_has_looked(store: Store) -> None:
    wait_for(store, NOW, "e1")
    (first,) = store.claims.claim(NOW, 1, ["main"])
    store.claims.free({first.person.id: first.owner})
    (again,) = store.claims.claim(NOW, 1, ["main"])
    store.claims.settle(ended(again, NOW, EventStatus.PENDING, due_at=NOW))

    (third,) = store.claims.claim(NOW, 1, ["main"])
    assert third.person.uncertain
    store.claims.settle(ended(third, NOW, EventStatus.PENDING, due_at=NOW, person={"uncertain": False}))
    (fourth,) = store.claims.claim(NOW, 1, ["main"])

    assert not fourth.person.uncertain


def test_it_keeps_a_person_leased_who_is_to_rest(store: Store) -> None:
    wait_for(store, NOW, "e1")
    (claim,) = store.claims.claim(NOW, 1, ["main"])

    settled = store.claims.settle(ended(claim, NOW, EventStatus.PENDING, due_at=NOW, rest=timedelta(seconds=1)))

    assert settled
    assert claimed(store, LATER) == []
    store.claims.free({claim.person.id: claim.owner})
    assert claimed(store, NOW) == ["e1"]


def test_it_settles_nothing_after_the_lease_was_lost(store: Store, another) -> None:
    wait_for(store, NOW, "e1")
    (lost,) = store.claims.claim(NOW, 1, ["main"])
    store.life.close()  # it was taken for dead
    other = another()
    other.claims.free(other.claims.adopt())
    (ours,) = other.claims.claim(NOW, 1, ["main"])

    mine = store.claims.settle(ended(lost, NOW, person={"contact_id": "c-late"}, outcome="late", notes=["late"]))

    assert not mine
    assert statuses(store) == {"e1": "pending"}
    assert [attempt["outcome"] for attempt in store.log.attempts("shop", "e1")] == ["late"]
    assert claimed(store, NOW) == []  # the lease of the other one still holds
    assert other.claims.settle(ended(ours, NOW, person={"contact_id": "c1"}))
    (row,) = store.log.events(_only("e1"))
    assert (row["status"], row["contact_id"], row["notes"]) == ("delivered", "c1", None)


def test_it_settles_a_claim_only_once(store: Store) -> None:
    wait_for(store, NOW, "e1")
    (claim,) = store.claims.claim(NOW, 1, ["main"])

    assert store.claims.settle(ended(claim, NOW))
    assert not store.claims.settle(ended(claim, NOW, EventStatus.FAILED))
    assert statuses(store) == {"e1": "delivered"}


def test_a_lease_of_a_time_when_leases_ended_by_the_clock_is_nobodys(store: Store) -> None:
    wait_for(store, NOW, "e1")
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE persons SET lease_owner = '7d3f8a52-9c1e-4c55-8a39-0b6d1f2e4c70'")

    assert len(store.claims.adopt()) == 1


def test_a_session_that_was_lost_holds_nothing_and_its_process_takes_leases_under_another_name(
    postgresql_url: str,
) -> None:
    store, seconds = Store(postgresql_url), [0.0]
    life = SessionLife(store.database, lambda: seconds[0])
    first = life.hold()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'contact-bridge life'"
        connection.execute(ended)
    seconds[0] += 2

    with pytest.raises(StoreUnavailableError):
        life.hold()

    assert not life.holds(first)
    second = life.hold()
    assert life.holds(second)
    assert second != first
    assert not life.alive(first)
    life.close()
    store.close()


def test_who_has_not_looked_for_a_while_holds_nothing(postgresql_url: str) -> None:
    store, seconds = Store(postgresql_url), [0.0]
    life = SessionLife(store.database, lambda: seconds[0])
    owner = life.hold()

    seconds[0] += 11

    assert not life.holds(owner)
    life.hold()
    assert life.holds(owner)
    life.close()
    store.close()


def test_it_leaves_no_files_behind_for_long(sqlite_url: str) -> None:
    store, killed = Store(sqlite_url), Store(sqlite_url)
    store.migrate()
    owner = killed.life.hold()
    path = store.database.engine.url.database
    killed.life.close()
    open(f"{path}.alive.{owner}", "wb").close()  # noqa: PTH123 -- as a killed process leaves it

    store.life.hold()

    assert not store.life.alive(owner)
    store.close()


def test_a_process_that_begins_while_others_sweep_is_not_taken_for_dead(sqlite_url: str) -> None:
    store, ended = Store(sqlite_url), threading.Event()

    def sweep() -> None:
        while not ended.is_set():
            FileLife(store.database)._sweep()

    with ThreadPoolExecutor(3) as sweepers:
        futures = [sweepers.submit(sweep) for _ in range(3)]
        try:
            dead = [owner for owner in _begun(store, 1000) if not store.life.alive(owner)]
        finally:
            ended.set()

    assert dead == []
    assert [future.result() for future in futures] == [None] * 3
    store.close()


def test_a_process_that_knows_the_database_by_a_link_is_seen_to_live(sqlite_url: str, tmp_path: Path) -> None:
    store = Store(sqlite_url)
    store.migrate()
    (tmp_path / "link.db").symlink_to(store.database.engine.url.database or "")
    other = Store(f"sqlite:///{tmp_path / 'link.db'}")
    wait_for(store, NOW, "e1")
    store.claims.claim(NOW, 1, ["main"])

    assert other.claims.adopt() == {}
    other.close()
    store.close()


def _begun(store: Store, times: int) -> Iterator[str]:
    """Yield who lives, one after the other."""
    for _ in range(times):
        life = FileLife(store.database)
        yield life.hold()
        life.close()


def _only(event_id: str) -> Filter:
    return Filter(event_ids=[event_id])


def test_what_is_settled_twice_has_no_part_in_the_next_lease(store: Store) -> None:
    """The answer to a commit was lost, so it is made again; meanwhile the person was claimed for another event."""
    wait_for(store, NOW, "e1", "e2", mapper=ana)
    (first,) = store.claims.claim(NOW, 1, ["main"])
    store.claims.settle(ended(first, NOW))
    (second,) = store.claims.claim(NOW, 1, ["main"])

    again = store.claims.settle(ended(first, NOW))
    store.claims.free({first.person.id: first.owner})

    assert not again
    assert claimed(store, LATER) == []
    assert store.claims.settle(ended(second, NOW, person={"contact_id": "c1"}))

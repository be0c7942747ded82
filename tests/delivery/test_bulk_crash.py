"""A process that dies in the middle of a bulk call, or loses its hold on the people in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bulk_kit import CROWD, DRY, NOBODY, BulkRig, everybody
from delivery_kit import die, wait_for

from app.bulk.batch import Batch
from app.bulk.folding import Wish
from app.errors import PersonBusyError
from app.sandbox import Duplicates, Fault
from app.store import Filter, Store, Whom

_HERE = Path(__file__).parent


def taken(rig: BulkRig) -> list[Wish]:
    """A crowd that is leased, as for a call."""
    rig.crowd()
    rig.map()
    bulk = rig.delivery.bulk
    (wishes,) = bulk._queues["main"].groups(bulk._throttles["main"], NOBODY)
    leased = rig.store.newcomers.lease([wish.claim for wish in wishes])
    return [replace(wish, claim=claim) for wish, claim in zip(wishes, leased, strict=True)]


def call(rig: BulkRig, wishes: list[Wish], pace=lambda: None):
    def ours() -> bool:
        return rig.store.life.holds(wishes[0].claim.owner)

    return Batch(rig.bridge, rig.delivery.upstream, wishes, pace, ours).run()


def test_a_crash_between_the_call_and_its_record_begins_with_a_look(crowded: BulkRig) -> None:
    call(crowded, taken(crowded))  # carried out, and then the process died
    die(crowded.store)
    crowded.calls()

    crowded.later(minutes=6)
    leased = crowded.calls()
    crowded.later(seconds=60)

    assert leased == []
    assert set(crowded.calls()) == {"GET contacts"}
    assert set(crowded.statuses().values()) == {"delivered"}
    assert crowded.emails() == everybody(range(1, CROWD + 1))


@pytest.mark.parametrize("duplicates", [Duplicates.SAME, Duplicates.CONFLICT, Duplicates.BAD_REQUEST])
def test_who_comes_to_be_upstream_between_the_two_requests_is_found(crowded: BulkRig, duplicates: Duplicates) -> None:
    crowded.sandbox.settings.duplicates = duplicates
    book = crowded.sandbox.contacts["org_main"]
    paces = iter([lambda: None, lambda: book.create({"email": "person5@example.com", "name": "From elsewhere"})])

    outcome = call(crowded, taken(crowded), lambda: next(paces)())  # noqa: PLW0108 -- each time the next one
    crowded.store.newcomers.settle(outcome.settlements)
    (event,) = [e for e in crowded.store.log.events(Filter(), 100) if e["status"] == "pending"]
    crowded.delivery.resting.lay({s.person.id: s.claim.owner for s in outcome.settlements if s.rest})
    crowded.later(seconds=60)

    assert event["contact"]["email"] == "Person5@example.com"
    assert crowded.event(event["event_id"])["reason"] == "found, name"
    assert len(crowded.contacts()) == CROWD


def test_nothing_is_sent_once_the_hold_on_the_people_is_lost(crowded: BulkRig) -> None:
    wishes, paces = taken(crowded), iter([lambda: None, crowded.store.life.close])

    outcome = call(crowded, wishes, lambda: next(paces)())  # noqa: PLW0108 -- each time the next one

    assert crowded.calls() == [DRY]
    assert len(outcome.back) == CROWD
    assert not outcome.settlements


def test_what_another_process_took_over_is_not_settled(crowded: BulkRig, another) -> None:
    wishes = taken(crowded)
    outcome = call(crowded, wishes)
    die(crowded.store)
    assert len(another().claims.adopt()) == CROWD

    mine = crowded.store.newcomers.settle(outcome.settlements)

    assert mine == [False] * CROWD
    assert set(crowded.statuses().values()) == {"pending"}
    assert [a["outcome"] for a in crowded.attempts("e1")] == ["delivered"]


def test_what_cannot_be_written_down_is_looked_up_after_a_rest(bulk_rig: BulkRig) -> None:
    bulk_rig.crowd()
    bulk_rig.map()
    with bulk_rig.store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE attempts RENAME TO gone")
    bulk_rig.delivery._stopping.set()  # or it would try for good

    bulk_rig.delivery.bulk.run("main", NOBODY)
    with bulk_rig.store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO attempts")
    bulk_rig.delivery._stopping.clear()
    made = bulk_rig.calls()
    bulk_rig.work()
    resting = bulk_rig.calls()
    bulk_rig.later(seconds=60)

    assert (len(made), resting) == (2, [])
    assert set(bulk_rig.calls()) == {"GET contacts"}
    assert set(bulk_rig.statuses().values()) == {"delivered"}
    assert len(bulk_rig.contacts()) == CROWD


def test_a_bug_of_ours_neither_loses_anybody_nor_comes_again_at_once(
    crowded: BulkRig, capsys: pytest.CaptureFixture[str]
) -> None:
    crowded.delivery.upstream.session.hooks["response"] = [_stumble]  # a hook is code that runs within a call
    crowded.crowd()

    crowded.bulk()
    crowded.delivery.upstream.session.hooks["response"] = []
    off = crowded.off()
    crowded.later(seconds=60)

    assert off
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert set(crowded.statuses().values()) == {"delivered"}
    assert crowded.emails() == everybody(range(1, CROWD + 1))


def _stumble(response, **_: object) -> None:
    if response.request.url.endswith("/bulk"):
        raise ZeroDivisionError


def test_nobody_can_be_erased_while_they_are_in_a_call(crowded: BulkRig) -> None:
    taken(crowded)

    with pytest.raises(PersonBusyError):
        crowded.store.erasure.erase(Whom(frozenset({("email", "person1@example.com")}), ("main",)), crowded.clock())


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    path = os.pathsep.join(map(str, (_HERE.parents[1], _HERE.parent, _HERE)))
    command = [sys.executable, str(_HERE / "bulk_process.py"), *arguments]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_who_was_in_a_call_when_the_process_was_killed_is_there_once(
    store: Store, database_url: str, sandbox, clock, *, after: bool
) -> None:
    sandbox.settings.duplicates = Duplicates.SECOND
    sandbox.faults.add(Fault("hang", seconds=60, times=1, after=after, path_ends="/bulk"))
    rig = BulkRig(store, sandbox, clock)
    rig.crowd(60)
    rig.map()

    with process(database_url, sandbox.url, "20") as running:
        wait_for(lambda: any(r.path.endswith("/bulk") for r in sandbox.requests.all()))
        wait_for(lambda: sandbox.contacts.created >= 40 * after)
    running.wait(10)
    called = len(rig.in_bulk())
    for _ in range(20):  # the server may need a moment to notice
        rig.later(seconds=10)

    assert running.returncode == -9
    assert called >= 40
    assert set(rig.statuses().values()) == {"delivered"}
    assert rig.emails() == everybody(range(1, 61))
    rig.close()

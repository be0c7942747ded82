"""Steering: replay, ignore, pause, resume and erase, as at the command line, and written down."""

import pytest
from desk_kit import Desk

from app.desk import steering
from app.desk.whom import whom_to_erase
from app.errors import PersonBusyError, UsageError
from app.store import Filter, PauseKind
from app.webhook import EventStatus

WHO = "ada (console)"


def test_a_bulk_replay_goes_on_step_by_step_and_is_one_action(desk: Desk) -> None:
    for number in range(5):
        desk.fail(f"e{number}")
    desk.deliver("fine")
    which = Filter(status=EventStatus.FAILED)

    steps = [steering.begin(desk.bridge, which)]
    while not steps[-1].over:
        steps.append(steering.replay_on(desk.bridge, which, steps[-1], WHO, at_once=2))

    assert [(each.total, each.seen, each.done) for each in steps] == [(5, 0, 0), (5, 2, 2), (5, 4, 4), (5, 5, 5)]
    assert set(desk.statuses().values()) == {"received", "delivered"}
    assert desk.actions() == [(WHO, "replay", {"status": "failed", "events": 5, "left_alone": 0})]


def test_a_bulk_replay_takes_nothing_that_failed_after_it_began(desk: Desk) -> None:
    desk.fail("e1")
    which = Filter(status=EventStatus.FAILED)
    begun = steering.begin(desk.bridge, which)
    desk.fail("e2")

    over = steering.replay_on(desk.bridge, which, begun, WHO, at_once=1)
    while not over.over:
        over = steering.replay_on(desk.bridge, which, over, WHO, at_once=1)

    assert (over.done, desk.statuses()) == (1, {"e1": "received", "e2": "failed"})


def test_what_is_being_delivered_is_left_alone_and_counted(desk: Desk) -> None:
    desk.arrive("e1")
    desk.store.claims.claim(desk.clock(), 9, ["main"])
    which = Filter(event_ids=["e1"], source="landing")

    done = steering.replay_on(desk.bridge, which, steering.begin(desk.bridge, which), WHO)

    assert (done.seen, done.done, done.left_alone) == (1, 0, 1)
    assert desk.actions() == [
        (WHO, "replay", {"source": "landing", "event_ids": ["e1"], "events": 0, "left_alone": 1}),
    ]  # fmt: skip


def test_what_failed_is_ignored_and_it_is_noted_by_whom(desk: Desk) -> None:
    desk.fail("e1")
    desk.arrive("e2")
    which = steering.to_ignore(Filter(source="landing"))

    done = steering.ignore_on(desk.bridge, which, steering.begin(desk.bridge, which), WHO, " a\ntest  of ours")

    assert (done.done, done.over) == (1, True)
    assert desk.event("e1")["reason"] == "by hand: a test of ours"
    assert desk.event("e1")["notes"][-1].startswith(
        "ignored by ada (console) at 2026-03-01 12:00:00 UTC; it was failed"
    )
    assert desk.event("e2")["status"] == "pending"
    assert desk.actions() == [
        (WHO, "ignore", {"status": "failed", "source": "landing", "events": 1, "left_alone": 0}),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [EventStatus.DELIVERED, EventStatus.IGNORED])
def test_what_is_done_already_cannot_be_ignored(status: EventStatus) -> None:
    with pytest.raises(UsageError, match=f"what is {status} is done already"):
        steering.to_ignore(Filter(status=status))


def test_whoever_selects_nothing_means_nothing(desk: Desk) -> None:
    with pytest.raises(UsageError, match="select some"):
        steering.begin(desk.bridge, Filter())


@pytest.mark.parametrize(
    ("which", "said"),
    [
        (Filter(person="ada@example.com"), {"person": "one"}),
        (Filter(search="+41446681800"), {"person": "one"}),
        (Filter(event_ids=["ada@example.com"]), {"event_ids": ["sha256:b5fc85e55755f9e0d030a10ab4429b78"]}),
    ],
)
def test_what_is_written_down_names_nobody(which: Filter, said: dict[str, object]) -> None:
    found = dict(steering.selection(which))

    assert "ada" not in str(found)
    assert found.keys() == said.keys()


def test_a_pause_and_its_end_are_written_down_once(desk: Desk) -> None:
    kinds = [(PauseKind.ORG, "main"), (PauseKind.ORG, "main"), (PauseKind.SOURCE, "shop")]

    assert [steering.pause(desk.bridge, kind, name, WHO) for kind, name in kinds] == [True, False, True]
    assert [steering.resume(desk.bridge, kind, name, WHO) for kind, name in kinds] == [True, False, True]
    assert desk.actions() == [
        (WHO, "pause", {"org": "main"}), (WHO, "pause", {"source": "shop"}),
        (WHO, "resume", {"org": "main"}), (WHO, "resume", {"source": "shop"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (PauseKind.ORG, "mian", "there is no org 'mian'; did you mean main?"),
        (PauseKind.ORG, "shop", "there is no org 'shop'; that is a source"),
        (PauseKind.SOURCE, "main", "there is no source 'main'"),
    ],
)
def test_what_is_not_known_is_neither_paused_nor_resumed(desk: Desk, kind: PauseKind, name: str, words: str) -> None:
    for act in (steering.pause, steering.resume):
        with pytest.raises(UsageError, match=words):
            act(desk.bridge, kind, name, WHO)

    assert desk.actions() == []


def test_what_is_configured_no_more_can_be_resumed(desk: Desk) -> None:
    desk.store.pauses.pause(PauseKind.ORG, "gone", desk.clock())

    assert steering.resume(desk.bridge, PauseKind.ORG, "gone", WHO)


def test_an_erasure_is_written_down_by_its_receipt(desk: Desk) -> None:
    desk.deliver("e1", email="zoe@example.com")

    receipt = steering.erase(desk.bridge, whom_to_erase(desk.bridge.config, "zoe@example.com", None, WHO), WHO)

    assert (receipt.persons, receipt.asked_by) == (1, f"an operator ({WHO})")
    assert desk.actions() == [(WHO, "erase", {"receipt": receipt.id})]


def test_an_erasure_waits_some_seconds_for_a_delivery_to_end(desk: Desk) -> None:
    desk.arrive("e1", email="zoe@example.com")
    (claim,) = desk.store.claims.claim(desk.clock(), 9, ["main"])
    whom = whom_to_erase(desk.bridge.config, "zoe@example.com", None)
    slept: list[float] = []

    with pytest.raises(PersonBusyError):
        steering.erase(desk.bridge, whom, WHO, sleep=slept.append)

    assert (len(slept), claim.event_id) == (10, "e1")
    assert desk.actions() == []

"""429 pauses everybody; a refused key holds its org."""

from datetime import timedelta

import pytest
from delivery_kit import Rig

from app.sandbox import Fault
from app.store import EVERYBODY


def crowd(rig: Rig, count: int, source: str = "form") -> list[str]:
    return [rig.add(source, email=f"{source}{number}@example.com") for number in range(count)]


def burned(rig: Rig) -> int:
    return sum(rig.event(event_id)["attempts"] for event_id in rig.statuses())


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_holds_its_org_until_a_probe_succeeds(rig: Rig, status: int) -> None:
    rig.sandbox.faults.add(Fault("error", status=status))
    event = rig.deliver(email="ada@example.com")
    crowd(rig, 10)
    rig.work()
    refused = len(rig.calls())
    rig.sandbox.faults.clear()

    rig.later(seconds=6)
    rig.later(seconds=6)

    assert event["status"] == "pending"
    assert event["attempts"] == 0
    assert next(attempt["outcome"] for attempt in rig.attempts(event["event_id"])) == "key refused"
    assert refused == 1
    assert set(rig.statuses().values()) == {"delivered"}


def test_a_refused_key_is_loud(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.sandbox.faults.add(Fault("unauthorized"))
    rig.deliver(email="ada@example.com")

    state = rig.store.orgs.held()["main"]

    assert state.hold == "key refused"
    assert state.reason == "the upstream answered 401: missing or invalid API key"
    lines = [line for line in capsys.readouterr().out.splitlines() if "deliveries held" in line]
    assert len(lines) == 1
    assert "warning" in lines[0]


@pytest.mark.parametrize("as_date", [False, True])
def test_429_pauses_every_org_in_full_and_burns_nothing(rig: Rig, as_date: bool) -> None:  # noqa: FBT001
    rig.sandbox.faults.add(Fault("rate_limited", times=1, retry_after=600, retry_after_as_date=as_date))
    rig.deliver(email="ada@example.com")
    crowd(rig, 3, "branch")
    rig.calls()

    rig.later(seconds=595)
    early = rig.calls()
    rig.later(seconds=10)

    assert early == []
    assert set(rig.statuses().values()) == {"delivered"}
    assert rig.store.orgs.held() == {}
    assert rig.event("e1")["attempts"] == 1  # the one that succeeded


def test_a_429_without_a_time_pauses_for_a_while_that_grows(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("rate_limited"))
    crowd(rig, 30)
    pauses = []

    for _ in range(4):
        rig.work()
        state = rig.store.orgs.held()[EVERYBODY]
        pauses.append((state.probe_at - rig.clock()).total_seconds())
        rig.clock.time = state.probe_at

    assert pauses == [5, 10, 20, 40]
    assert burned(rig) == 0


def test_a_success_that_was_on_the_way_does_not_end_a_pause(rig: Rig) -> None:
    """Two go out after a pause; one is told to wait once more, and the other one succeeds after that."""
    rig.sandbox.faults.add(Fault("rate_limited", times=1))
    rig.deliver(email="ada@example.com")
    rig.sandbox.faults.add(
        Fault("latency", seconds=0.3, path_contains="/c/", method="POST", times=1),
        Fault("rate_limited", times=1, retry_after=600),
    )
    crowd(rig, 1)

    rig.later(seconds=6)

    assert rig.store.orgs.held()[EVERYBODY].probe_at > rig.clock() + timedelta(seconds=590)


def test_a_shorter_wait_of_another_answer_does_not_shorten_a_longer_one(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("rate_limited", times=1, retry_after=600), Fault("rate_limited"))
    crowd(rig, 20)

    rig.work()

    assert rig.store.orgs.held()[EVERYBODY].probe_at == rig.clock() + timedelta(seconds=600)

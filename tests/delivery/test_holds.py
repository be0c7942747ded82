"""Outages, refused keys and the shared limit hold deliveries; a probe frees them."""

from datetime import timedelta

import pytest
from delivery_kit import Rig

from app.holds import FAILURES_TO_HOLD
from app.sandbox import Fault
from app.store import EVERYBODY

OUTAGE = Fault("error", status=503)


def crowd(rig: Rig, count: int, source: str = "form") -> list[str]:
    return [rig.add(source, email=f"{source}{number}@example.com") for number in range(count)]


def burned(rig: Rig) -> int:
    return sum(rig.event(event_id)["attempts"] for event_id in rig.statuses())


def fall(rig: Rig) -> None:
    """Let an outage be noticed, with a crowd waiting."""
    rig.sandbox.faults.add(OUTAGE)
    for number in range(FAILURES_TO_HOLD):
        rig.deliver(email=f"first{number}@example.com")
    crowd(rig, 20)
    rig.calls()


def test_it_holds_an_org_after_consecutive_failures_and_not_before(rig: Rig) -> None:
    rig.sandbox.faults.add(OUTAGE)
    held = []
    for number in range(FAILURES_TO_HOLD):
        rig.deliver(email=f"person{number}@example.com")
        held.append("main" in rig.store.orgs.held())

    assert held == [*[False] * (FAILURES_TO_HOLD - 1), True]


def test_a_success_in_between_starts_the_count_again(rig: Rig) -> None:
    for number in range(FAILURES_TO_HOLD * 2):
        rig.sandbox.faults.add(Fault("error", status=503, times=1))
        rig.deliver(email=f"bad{number}@example.com")
        if number % 3 == 2:
            rig.deliver(email=f"good{number}@example.com")

    assert rig.store.orgs.held() == {}


def test_an_event_that_sent_nothing_is_no_success(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.sandbox.faults.add(OUTAGE)
    for number in range(FAILURES_TO_HOLD):
        rig.deliver(email=f"person{number}@example.com")
        rig.deliver(email="ada@example.com")  # nothing new

    assert "main" in rig.store.orgs.held()


def test_one_probe_at_a_time_goes_out_with_growing_pauses(rig: Rig) -> None:
    fall(rig)
    before, pauses = burned(rig), []

    for _ in range(10):
        state = rig.store.orgs.held()["main"]
        rig.clock.time = state.probe_at - timedelta(milliseconds=1)
        rig.work()
        assert rig.calls() == []
        rig.later(milliseconds=1)
        assert len(rig.calls()) == 1
        pauses.append((rig.store.orgs.held()["main"].probe_at - rig.clock()).total_seconds())

    assert pauses == [10, 20, 40, 80, 160, 300, 300, 300, 300, 300]
    assert burned(rig) == before


def test_each_probe_is_another_event(rig: Rig) -> None:
    fall(rig)

    for _ in range(6):
        rig.clock.time = rig.store.orgs.held()["main"].probe_at
        rig.work()

    tried = [r.body["channel"]["email"] for r in rig.sandbox.requests.all() if r.method == "POST"]
    assert len(tried) == len(set(tried))


def test_a_probe_that_succeeds_frees_everybody(rig: Rig) -> None:
    fall(rig)
    rig.sandbox.faults.clear()

    rig.clock.time = rig.store.orgs.held()["main"].probe_at
    rig.work()

    assert rig.store.orgs.held() == {}
    rig.later(seconds=10)
    assert set(rig.statuses().values()) == {"delivered"}
    assert len(rig.contacts()) == FAILURES_TO_HOLD + 20


def test_another_org_goes_on_meanwhile(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=401, times=1))
    rig.deliver(email="ada@example.com")

    event = rig.deliver("branch", email="bo@example.org")

    assert set(rig.store.orgs.held()) == {"main"}
    assert event["status"] == "delivered"


def test_a_poison_event_cannot_block_its_org(rig: Rig) -> None:
    contact_id = rig.deliver(email="poison@example.com")["contact_id"]
    rig.sandbox.faults.add(Fault("error", status=500, path_contains=contact_id))
    poison = rig.add(email="poison@example.com", vip=True)
    slowest = timedelta()

    for _ in range(85):
        rig.later(hours=1)
        event_id, began = rig.add(email=f"person{rig.clock():%d%H}@example.com"), rig.clock()
        while rig.event(event_id)["status"] != "delivered":
            rig.later(seconds=30)
        slowest = max(slowest, rig.clock() - began)

    assert rig.event(poison)["status"] == "failed"
    assert slowest <= timedelta(minutes=6)


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
    assert [attempt["outcome"] for attempt in rig.attempts(event["event_id"])][0] == "key refused"
    assert refused == 1
    assert set(rig.statuses().values()) == {"delivered"}


def test_a_refused_key_is_loud(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("unauthorized"))
    rig.deliver(email="ada@example.com")

    state = rig.store.orgs.held()["main"]

    assert state.hold == "key refused"
    assert state.reason == "the upstream answered 401: missing or invalid API key"


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


def test_an_outage_that_names_its_end_is_probed_no_earlier(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=503, retry_after=900))
    crowd(rig, FAILURES_TO_HOLD)
    rig.work()
    rig.calls()

    rig.later(seconds=890)

    assert rig.calls() == []


def test_a_bug_in_a_probe_says_nothing_of_the_upstream(rig: Rig) -> None:
    fall(rig)
    rig.clock.time = rig.store.orgs.held()["main"].probe_at
    rig.delivery.upstream.session.auth = rig.delivery.upstream.session.get_adapter = None  # whatever is sent now fails

    rig.work()

    assert "main" in rig.store.orgs.held()

"""Outages, refused keys and the shared limit hold deliveries; a probe frees them."""

from datetime import timedelta

from delivery_kit import Rig

from app.holds import FAILURES_TO_HOLD, Holds
from app.sandbox import Fault

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


def test_the_probe_of_another_process_counts_as_much(rig: Rig) -> None:
    fall(rig)
    rig.delivery.holds = Holds(rig.store.orgs, rig.clock)  # one that saw no failure yet

    rig.clock.time = rig.store.orgs.held()["main"].probe_at
    rig.work()

    assert rig.store.orgs.held()["main"].probe_at == rig.clock() + timedelta(seconds=10)


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

    for _ in range(22):
        rig.later(hours=4)
        event_id, began = rig.add(email=f"person{rig.clock():%d%H}@example.com"), rig.clock()
        while rig.event(event_id)["status"] != "delivered":
            rig.later(seconds=30)
        slowest = max(slowest, rig.clock() - began)

    assert rig.event(poison)["status"] == "failed"
    assert slowest <= timedelta(minutes=6)


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

"""How a delivery ends."""

from datetime import timedelta

import pytest
from delivery_kit import KEY, Rig

from app.sandbox import Fault

SICK = Fault("error", status=500, path_contains="/segments/")  # a call that may be repeated; creates go well


@pytest.mark.parametrize("status", [400, 404, 405, 413, 422])
def test_it_fails_at_once_with_the_upstreams_own_message(rig: Rig, status: int) -> None:
    rig.sandbox.faults.add(Fault("error", status=status))

    event = rig.deliver(email="ada@example.com")

    assert event["status"] == "failed"
    assert event["reason"] == f"the upstream answered {status}: the service is not available"
    assert [attempt["outcome"] for attempt in rig.attempts(event["event_id"])] == ["permanent"]
    assert event["attempts"] == 1


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_it_tries_again_after_a_temporary_failure(rig: Rig, status: int) -> None:
    rig.sandbox.faults.add(Fault("error", status=status, times=1))

    event = rig.deliver(email="ada@example.com")
    wait = event["due_at"] - rig.clock()
    rig.later(seconds=10)

    assert event["status"] == "pending"
    assert timedelta() <= wait <= timedelta(seconds=5)
    assert rig.event(event["event_id"])["status"] == "delivered"
    assert rig.event(event["event_id"])["attempts"] == 2


def test_it_tries_for_at_least_three_days_and_then_fails_with_words(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.deliver("branch", email="bo@example.org")
    rig.sandbox.faults.add(SICK)
    event_id = rig.add(email="ada@example.com", vip=True)
    began = rig.clock()

    while rig.waiting:
        rig.later(hours=4)
        rig.deliver(email=f"person{rig.clock():%d%H}@example.com")  # the org itself is well

    event = rig.event(event_id)
    assert event["status"] == "failed"
    assert rig.clock() - began >= timedelta(days=3)
    assert event["reason"].startswith(f"gave up after {event['attempts']} tries in 3 days: the upstream answered 500")
    assert event["attempts"] >= 10


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_obeyed_in_full(rig: Rig, as_date: bool) -> None:  # noqa: FBT001 -- a parameter
    fault = Fault("error", status=503, times=1, retry_after=7200, retry_after_as_date=as_date)
    rig.sandbox.faults.add(fault)
    rig.deliver(email="ada@example.com")

    rig.later(seconds=7190)
    early = rig.calls()
    rig.later(seconds=15)

    assert early == ["POST contacts"]
    assert rig.calls() == ["GET contacts", "POST contacts"]


def test_its_exchanges_are_recorded_without_the_key(rig: Rig) -> None:
    event = rig.deliver(email="ada@example.com", consent=False)

    created, patched = rig.attempts(event["event_id"])[0]["exchanges"]
    assert created["method"] == "POST"
    assert created["path"] == "/contacts"
    assert created["body"]["channel"] == {"email": "ada@example.com"}
    assert created["status"] == 200
    assert event["contact_id"] in created["answer"]
    assert created["ms"] >= 0
    assert patched["body"] == {"unsubscribed": True}
    assert KEY not in str([created, patched])


def test_a_failed_exchange_is_recorded_with_its_error(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("drop", times=1))

    event = rig.deliver(email="ada@example.com")

    exchange = rig.attempts(event["event_id"])[0]["exchanges"][0]
    assert exchange["error"] == "no answer to a request that went out: connection lost"
    assert "status" not in exchange


def test_what_was_done_before_a_failure_is_not_done_again(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=503, times=1, path_contains="/segments/seg_new"))
    rig.deliver(email="ada@example.com")
    rig.calls()

    event_id = rig.add(email="ada@example.com", name="Ada Example", vip=True, new=True)
    rig.work()
    rig.later(seconds=10)

    kinds = [call.rsplit("/", 1)[-1] if "segments" in call else call.split()[0] for call in rig.calls()]
    assert rig.event(event_id)["status"] == "delivered"
    assert kinds == ["PATCH", "seg_vip", "seg_new", "seg_new"]

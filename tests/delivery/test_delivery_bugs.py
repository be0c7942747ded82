"""What goes wrong on our own side loses nothing."""

import time
from dataclasses import replace

import pytest
from delivery_kit import PATIENCE, Rig, config, running, utc_now, wait_for

from app.sandbox import Fault
from app.store import Store


def test_a_bug_in_one_delivery_neither_loses_the_event_nor_stops_the_others(rig: Rig) -> None:
    rig.delivery.upstream.session.hooks["response"] = [_stumble]  # a hook is code that runs within a delivery

    for name in ("ada", "bug", "bo"):
        rig.add(email=f"{name}@example.com")
    rig.work()
    rig.delivery.upstream.session.hooks["response"] = []
    failed = rig.event("e2")
    rig.replay(event_ids=["e2"])

    assert failed["status"] == "failed"
    assert failed["reason"] == "an error in the bridge itself: ZeroDivisionError"
    assert rig.attempts("e2")[0]["outcome"] == "bug"
    assert set(rig.statuses().values()) == {"delivered"}
    assert len(rig.contacts()) == 3


def _stumble(response, **_: object) -> None:
    if b"bug@" in (response.request.body or b""):
        raise ZeroDivisionError


def test_a_bug_in_mapping_fails_that_event_only(rig: Rig) -> None:
    class Broken(type(rig.bridge.config.sources["shop"].provider)):  # type: ignore[misc] # a provider with a bug
        def person(self, event):
            raise KeyError("ada@example.com")

    source = rig.bridge.config.sources["branch"]
    sources = {**rig.bridge.config.sources, "branch": replace(source, provider=Broken(), contact={})}
    rig.bridge.config = replace(rig.bridge.config, sources=sources)

    rig.add("branch", email="ada@example.com")
    rig.add(email="bo@example.org")
    rig.work()

    assert rig.event("e1")["status"] == "failed"
    assert rig.event("e1")["reason"] == "an error in the bridge itself: KeyError"
    assert rig.event("e2")["status"] == "delivered"


def test_what_cannot_be_settled_is_settled_when_the_store_is_back(rig: Rig) -> None:
    begin_without_attempts(rig)
    bring_back(rig)

    wait_for(lambda: not rig.delivery._in_flight)

    assert rig.event("e1")["status"] == "delivered"
    assert rig.calls() == ["POST contacts"]


def test_an_event_that_could_not_be_settled_before_the_end_is_looked_up_after_a_rest(rig: Rig) -> None:
    begin_without_attempts(rig)
    rig.delivery.stop()
    wait_for(lambda: not rig.delivery._in_flight)
    bring_back(rig)

    rig.later(seconds=PATIENCE / 2)
    resting = rig.calls()
    rig.later(seconds=5 * PATIENCE)

    assert resting == ["POST contacts"]
    assert rig.event("e1")["status"] == "delivered"
    assert rig.calls() == ["GET contacts"]
    assert len(rig.contacts()) == 1


def begin_without_attempts(rig: Rig) -> None:
    """The contact is created; its attempt cannot be written down."""
    rig.sandbox.settings.latency = 0.2
    rig.add(email="ada@example.com")
    rig.delivery.work()
    wait_for(rig.sandbox.requests.all)
    with rig.store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE attempts RENAME TO gone")
    wait_for(rig.contacts)


def bring_back(rig: Rig) -> None:
    with rig.store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO attempts")


def test_the_loop_outlives_a_store_that_is_away(local_store: Store, sandbox) -> None:
    rig = Rig(local_store, sandbox, utc_now, config(sandbox.url))

    with running(rig) as thread:
        with local_store.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE events RENAME TO gone")
        time.sleep(0.1)
        with local_store.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO events")
        alive = thread.is_alive()
        rig.add(email="ada@example.com")
        wait_for(rig.contacts)

    assert alive


def test_its_log_names_the_event_and_nobody(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.sandbox.faults.add(Fault("error", status=400, times=1), Fault("error", status=503, times=8))

    for number in range(8):
        rig.deliver(email=f"ada{number}@example.com", name="Ada Example", phone="+14155550100")

    printed = capsys.readouterr().out
    assert "event_id=e1" in printed
    assert not any(secret in printed for secret in ("example.com", "Ada", "415555", "key-of"))

"""The loop: it wakes at once, works on many persons at a time, and stops in order."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from delivery_kit import Rig, config, wait_for

from app.config import Config
from app.sandbox import Fault
from app.store import Filter, Store


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def running(rig: Rig) -> Iterator[threading.Thread]:
    """The loop in a thread of its own; it must end when it is told to."""
    thread = threading.Thread(target=rig.delivery.run)
    thread.start()
    try:
        yield thread
    finally:
        rig.delivery.stop()
        thread.join(10)
        assert not thread.is_alive()


def without_source(settings: Config, name: str) -> Config:
    sources = {key: source for key, source in settings.sources.items() if key != name}
    return Config(settings.server, settings.upstream, settings.orgs, sources)


def test_an_event_that_comes_while_it_idles_is_delivered_at_once(store: Store, sandbox) -> None:
    rig = Rig(store, sandbox, utc_now, config(sandbox.url))
    took = []

    with running(rig):
        rig.add(email="first@example.com")
        wait_for(lambda: len(rig.contacts()) == 1)
        for number in range(3):
            time.sleep(0.05)  # it idles
            began = time.monotonic()
            rig.add(email=f"person{number}@example.com")
            wait_for(lambda: len(rig.contacts()) == number + 2)  # noqa: B023 -- called at once
            took.append(time.monotonic() - began)

    assert sorted(took)[1] < 0.5


def test_it_delivers_many_at_a_time(every_rig: Rig) -> None:
    every_rig.sandbox.settings.latency = 0.2
    for number in range(16):
        every_rig.add(email=f"person{number}@example.com")
    began = time.monotonic()

    every_rig.work()

    assert time.monotonic() - began < 16 * 0.2 / 2
    assert set(every_rig.statuses().values()) == {"delivered"}
    assert len(every_rig.contacts()) == 16


def test_two_events_of_one_person_are_never_under_way_together(every_rig: Rig) -> None:
    every_rig.sandbox.settings.latency = 0.02
    for number in range(6):
        every_rig.add("form" if number % 2 else "shop", email="ada@example.com", phone=f"+1415555010{number}")

    every_rig.work()

    assert set(every_rig.statuses().values()) == {"delivered"}
    assert len(every_rig.contacts()) == 1
    assert len(every_rig.contacts()[0]["channels"]) == 6


def test_two_processes_make_nobody_twice(every_rig: Rig) -> None:
    second = Rig(Store(every_rig.store.database.engine.url.render_as_string(hide_password=False)),
                 every_rig.sandbox, every_rig.clock, every_rig.bridge.config)  # fmt: skip
    second.store.migrated = True
    every_rig.sandbox.settings.latency = 0.01
    for number in range(40):
        every_rig.add(email=f"person{number % 10}@example.com", name=f"Name {number}")

    threads = [threading.Thread(target=rig.work) for rig in (every_rig, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    every_rig.work()

    assert set(every_rig.statuses().values()) == {"delivered"}
    assert len(every_rig.contacts()) == 10
    second.close()
    second.store.close()


def test_stopping_finishes_what_is_under_way_and_settles_it(store: Store, sandbox) -> None:
    rig = Rig(store, sandbox, utc_now, config(sandbox.url))
    sandbox.settings.latency = 0.3

    with running(rig):
        rig.add(email="ada@example.com")
        wait_for(lambda: sandbox.requests.all())

    assert set(rig.statuses().values()) == {"delivered"}
    assert len(rig.contacts()) == 1


def test_stopping_puts_off_whoever_waits_for_a_token(store: Store, sandbox) -> None:
    rig = Rig(store, sandbox, utc_now, config(sandbox.url, "rate_limit = 1"))

    with running(rig):
        rig.add(email="ada@example.com", consent=False)
        wait_for(lambda: rig.delivery.pace._waiting and len(sandbox.requests.all()) == 1)

    event = rig.event("e1")
    assert (event["status"], event["attempts"]) == ("pending", 0)
    assert event["contact_id"] == rig.contacts()[0]["id"]  # what was done is not forgotten
    assert rig.attempts("e1")[0]["outcome"] == "put off"


def test_events_of_a_source_that_is_not_configured_any_more_fail_with_words(every_rig: Rig) -> None:
    every_rig.add("shop", email="ada@example.com")
    every_rig.bridge.config = without_source(every_rig.bridge.config, "shop")

    every_rig.work()

    event = every_rig.event("e1")
    assert event["status"] == "failed"
    assert event["reason"] == "the source shop is not configured any more; replay the event when it is"


def test_what_was_mapped_before_its_source_went_away_is_still_delivered(rig: Rig) -> None:
    rig.add("shop", email="ada@example.com")
    rig.store.received.map(rig.bridge.map, rig.clock())
    rig.bridge.config = without_source(rig.bridge.config, "shop")

    rig.work()

    assert rig.event("e1")["status"] == "delivered"


def test_a_bug_in_one_delivery_neither_loses_the_event_nor_stops_the_others(rig: Rig) -> None:
    rig.delivery.upstream.session.hooks["response"] = [_stumble]  # a hook is code that runs within a delivery

    for name in ("ada", "bug", "bo"):
        rig.add(email=f"{name}@example.com")
    rig.work()
    rig.delivery.upstream.session.hooks["response"] = []
    failed = rig.event("e2")
    rig.store.log.replay(Filter(event_ids=["e2"]))
    rig.work()

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


def test_an_event_that_could_not_be_settled_is_looked_up_when_its_lease_is_over(rig: Rig) -> None:
    rig.sandbox.settings.latency = 0.2
    rig.add(email="ada@example.com")
    rig.delivery.work()
    wait_for(lambda: rig.sandbox.requests.all())
    with rig.store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE attempts RENAME TO gone")
    wait_for(lambda: not rig.delivery._in_flight)
    with rig.store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO attempts")

    rig.later(minutes=6)

    assert rig.event("e1")["status"] == "delivered"
    assert rig.calls() == ["POST contacts", "GET contacts"]
    assert len(rig.contacts()) == 1


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
        wait_for(lambda: rig.contacts())

    assert alive


def test_its_log_names_the_event_and_nobody(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.sandbox.faults.add(Fault("error", status=400, times=1), Fault("error", status=503, times=8))

    for number in range(8):
        rig.deliver(email=f"ada{number}@example.com", name="Ada Example", phone="+14155550100")

    printed = capsys.readouterr().out
    assert "event_id=e1" in printed
    assert not any(secret in printed for secret in ("example.com", "Ada", "415555", "key-of"))

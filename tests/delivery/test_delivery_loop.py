"""The loop: it wakes at once, works on many persons at a time, and stops in order."""

import threading
import time

from delivery_kit import Rig, config, running, utc_now, wait_for

from app.config import Config
from app.store import Store


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


def test_two_processes_make_nobody_twice(every_rig: Rig, keys: list[str]) -> None:
    second = Rig(Store(every_rig.store.database.engine.url.render_as_string(hide_password=False), keys),
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
        wait_for(sandbox.requests.all)

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

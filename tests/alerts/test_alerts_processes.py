"""Alerts over several processes and restarts: each is told once, after a crash rather twice than never."""

import threading
from collections.abc import Callable
from typing import Any

from alerts_kit import KEY_REFUSED, Listener, configuration, held

from app.alerts.watch import Watch
from app.store import Store


def test_a_restart_tells_nothing_twice(
    store: Store, listener: Listener, clock: Any, another: Callable[[], Store]
) -> None:
    config = configuration(listener.url)
    held(store, clock())
    Watch(config, store, clock, lambda _: True).run()
    clock.advance(minutes=1)
    Watch(config, another(), clock, lambda _: True).run()
    store.orgs.release("main")
    Watch(config, another(), clock, lambda _: True).run()

    assert listener.types() == [KEY_REFUSED, "alert.over key refused main"]


def test_of_several_processes_one_tells_and_another_takes_over_when_it_is_gone(
    store: Store, listener: Listener, clock: Any, another: Callable[[], Store]
) -> None:
    config = configuration(listener.url)
    first, second = Watch(config, store, clock), Watch(config, another(), clock)
    first.look()
    held(store, clock())
    second.look()
    assert listener.heard == []

    first.look()
    clock.advance(seconds=91)  # the first one was killed
    held(store, clock(), "other")
    second.look()
    first.look()

    assert listener.types() == [KEY_REFUSED, "alert.begun key refused other"]


def test_processes_that_look_at_the_same_moment_tell_once(
    store: Store, listener: Listener, clock: Any, another: Callable[[], Store]
) -> None:
    watches = [Watch(configuration(listener.url), another(), clock) for _ in range(4)]
    held(store, clock())

    threads = [threading.Thread(target=watch.look) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert listener.types() == [KEY_REFUSED]


def test_a_crash_before_it_was_noted_tells_twice_rather_than_never(
    store: Store, listener: Listener, clock: Any, another: Callable[[], Store]
) -> None:
    held(store, clock())
    Watch(configuration(listener.url), store, clock).look()
    with store.database.writing() as connection:  # as it was before it was noted
        connection.exec_driver_sql("UPDATE alerts SET told_at = NULL")
    clock.advance(minutes=2)

    Watch(configuration(listener.url), another(), clock).look()

    assert listener.types() == [KEY_REFUSED] * 2

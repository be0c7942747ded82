"""The watch with several addresses, of which some take nothing for a while."""

from collections.abc import Callable
from typing import Any

from alerts_kit import KEY_REFUSED, Listener, configuration, fail, held

from app.alerts.watch import Watch
from app.store import Store


def test_who_took_it_is_not_told_again_while_another_does_not(
    store: Store, listen: Callable[[], Listener], clock: Any
) -> None:
    well, ill = listen(), listen()
    ill.status = 500
    watch = Watch(configuration(well.url, ill.url), store, clock)
    held(store, clock())
    watch.look()
    watch.look()
    store.orgs.release("main")
    watch.look()
    ill.status = 200
    watch.look()

    assert well.types() == [KEY_REFUSED, "alert.over key refused main"]
    assert ill.types() == ["alert.over key refused main"]
    assert store.alerts.all() == []


def test_an_address_that_takes_nothing_for_an_hour_is_let_go_of(
    store: Store, listen: Callable[[], Listener], clock: Any
) -> None:
    well, ill = listen(), listen()
    ill.status = 410
    watch = Watch(configuration(well.url, ill.url), store, clock)
    fail(store, clock(), "e1")
    watch.look()
    clock.advance(minutes=61)
    watch.look()
    clock.advance(minutes=61)
    fail(store, clock(), "e2")
    watch.look()

    assert [each["type"] for each in well.heard] == ["alert.begun", "alert.more"]


def test_who_was_told_of_one_trouble_is_told_of_the_next_whoever_watched_in_between(
    store: Store, listen: Callable[[], Listener], clock: Any
) -> None:
    well, ill = listen(), listen()
    ill.status = 500
    first, second = (Watch(configuration(well.url, ill.url), store, clock) for _ in range(2))
    held(store, clock())
    first.look()
    ill.status = 200
    clock.advance(minutes=2)
    second.look()
    store.orgs.release("main")
    second.look()
    clock.advance(minutes=2)
    held(store, clock())
    first.look()

    assert well.types() == [KEY_REFUSED, KEY_REFUSED, "alert.over key refused main", KEY_REFUSED]
    assert ill.types() == [KEY_REFUSED, "alert.over key refused main", KEY_REFUSED]


def test_each_trouble_has_an_hour_of_its_own_before_an_address_is_let_go_of(
    store: Store, listen: Callable[[], Listener], clock: Any
) -> None:
    well, ill = listen(), listen()
    well.status = ill.status = 500
    watch = Watch(configuration(well.url, ill.url), store, clock)
    held(store, clock())
    watch.look()
    store.orgs.release("main")
    watch.look()
    clock.advance(hours=5)
    well.status = 200
    held(store, clock())
    watch.look()
    ill.status = 200
    watch.look()

    assert well.types() == ill.types() == [KEY_REFUSED]

"""The right to probe is one that all processes share, so whoever sends nothing with it gives it back."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from delivery_kit import Rig

from app.sandbox import Fault
from app.store import Hold, Store


@pytest.fixture
def elsewhere(every_rig: Rig, keys: list[str]) -> Iterator[Store]:
    """The store of another process."""
    with closing(Store(every_rig.store.database.engine.url.render_as_string(hide_password=False), keys)) as store:
        yield store


def hold(rig: Rig) -> None:
    """Hold the org, and let the pause pass."""
    state = rig.store.orgs.hold("main", Hold.DOWN, "the upstream answered 503", rig.clock())
    rig.clock.time = state.probe_at


def test_a_probe_that_finds_only_busy_persons_is_not_spent(every_rig: Rig, elsewhere: Store) -> None:
    every_rig.add(email="ada@example.com")
    every_rig.store.received.map(every_rig.bridge.map, every_rig.clock())
    assert elsewhere.claims.claim(every_rig.clock(), 1, ["main"])
    hold(every_rig)

    every_rig.work()
    nobody = every_rig.calls()
    every_rig.add(email="bo@example.org")
    every_rig.work()

    assert nobody == []
    assert every_rig.calls() == ["POST contacts"]
    assert every_rig.store.orgs.held() == {}


def test_a_probe_that_has_nothing_new_to_say_is_not_spent(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.calls()
    for _ in range(3):
        rig.add(email="ada@example.com")
    rig.add(email="bo@example.org")
    hold(rig)

    for _ in range(5):
        rig.work()

    assert rig.calls() == ["POST contacts"]
    assert rig.store.orgs.held() == {}
    assert set(rig.statuses().values()) == {"delivered"}


def test_a_probe_that_was_given_back_makes_the_next_pause_no_shorter(rig: Rig) -> None:
    rig.deliver(email="ada@example.com")
    rig.add(email="ada@example.com")
    hold(rig)
    rig.work()
    rig.sandbox.faults.add(Fault("error", status=503))
    rig.add(email="bo@example.org")

    rig.work()

    state = rig.store.orgs.held()["main"]
    assert (state.probe_at - rig.clock()).total_seconds() == 10

"""How long a delivery took, as the metric tells it."""

import pytest
from delivery_kit import Rig

from app import metrics
from app.delivery import Delivery
from app.store import Filter, PauseKind


class Clocked:
    """What the histogram was told since, in seconds."""

    def __init__(self) -> None:
        self._before = self._sum()

    @staticmethod
    def _sum() -> tuple[float, float]:
        (family,) = metrics.delivery_seconds.collect()
        found = {sample.name.rpartition("_")[2]: sample.value for sample in family.samples}
        return found["count"], found["sum"]

    @property
    def new(self) -> tuple[int, float]:
        """How many deliveries, and how long all of them took."""
        count, seconds = self._sum()
        return round(count - self._before[0]), round(seconds - self._before[1], 3)


@pytest.fixture
def clocked() -> Clocked:
    return Clocked()


def test_a_delivery_is_clocked_from_its_200(every_rig: Rig, clocked: Clocked) -> None:
    every_rig.add(email="ada@example.com")
    every_rig.clock.advance(seconds=7)

    every_rig.work()

    assert clocked.new == (1, 7)


def test_time_when_nobody_delivered_counts(every_rig: Rig, clocked: Clocked) -> None:
    every_rig.work()
    every_rig.add(email="ada@example.com")
    every_rig.clock.advance(hours=2)
    every_rig.delivery = Delivery(every_rig.bridge, every_rig.clock)  # it was away meanwhile

    every_rig.work()

    assert clocked.new == (1, 7200)


def test_a_replay_is_clocked_from_when_it_was_asked_for(every_rig: Rig, clocked: Clocked) -> None:
    event_id = every_rig.add(email="ada@example.com")
    every_rig.work()
    every_rig.clock.advance(days=20)
    for _ in every_rig.store.replays.batches(Filter(event_ids=[event_id]), every_rig.clock()):
        every_rig.clock.advance(seconds=3)

    every_rig.work()

    assert clocked.new == (2, 3)
    assert every_rig.event(event_id)["replayed_at"] is not None


@pytest.mark.parametrize(("kind", "name"), [("org", "main"), ("source", "form")])
def test_time_in_a_pause_does_not_count(every_rig: Rig, clocked: Clocked, kind: str, name: str) -> None:
    every_rig.store.pauses.pause(PauseKind(kind), name, every_rig.clock())
    every_rig.add(email="ada@example.com")
    every_rig.later(hours=5)
    held = clocked.new
    every_rig.store.pauses.resume(PauseKind(kind), name)

    every_rig.later(seconds=2)

    assert held == (0, 0)
    assert clocked.new == (1, 0)  # it was seen to be resumed at this moment
    every_rig.add(email="bo@example.com")
    every_rig.later(seconds=4)
    assert clocked.new == (2, 4)


def test_a_pause_of_others_counts(every_rig: Rig, clocked: Clocked) -> None:
    for kind, name in (("org", "other"), ("source", "shop")):
        every_rig.store.pauses.pause(PauseKind(kind), name, every_rig.clock())
    every_rig.work()
    every_rig.add(email="ada@example.com")
    every_rig.clock.advance(minutes=1)
    for kind, name in (("org", "other"), ("source", "shop")):
        every_rig.store.pauses.resume(PauseKind(kind), name)

    every_rig.work()

    assert clocked.new == (1, 60)


def test_its_help_says_so() -> None:
    assert "a replay, and the end of a pause, begin it anew" in metrics.delivery_seconds._documentation

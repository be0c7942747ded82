"""Mapping keeps ahead of delivery, and no further at full speed: acks pay for it."""

import pytest
from bulk_kit import BulkRig
from delivery_kit import Rig

from app.delivery import Delivery
from app.leisure import Leisure
from app.sandbox import SandboxServer
from app.store import PauseKind, Store

_MANY = 250  # more than two batches, on either database


class Watch:
    """A clock that moves by a millisecond each time it is looked at."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def beginning(rig: Rig, watch: Watch) -> Rig:
    """Many wait to be mapped, each batch takes some time by the clock, and nobody waits in truth."""
    rig.delivery = Delivery(rig.bridge, rig.clock, watch)
    rig.delivery.stop()
    for number in range(_MANY):
        rig.add(email=f"person{number}@example.com")
    return rig


def hold(rig: Rig) -> Rig:
    for org in rig.bridge.config.orgs:
        rig.store.pauses.pause(PauseKind.ORG, org, rig.clock())
    return rig


def mapped_by(rig: Rig, rounds: int) -> list[int]:
    """How many events are mapped after each of some rounds of the loop."""
    counts = []
    for _ in range(rounds):
        rig.delivery.work()
        counts.append(_MANY - list(rig.statuses().values()).count("received"))
    return counts


def test_it_rests_a_hundred_times_as_long_as_a_batch_took() -> None:
    now = [100.0]
    leisure = Leisure(lambda: now[0])
    leisure.hurry = False
    with leisure.batch():
        now[0] += 0.004

    assert leisure.rest == pytest.approx(0.4)
    now[0] += 0.3
    assert leisure.rest == pytest.approx(0.1)
    now[0] += 0.2
    assert leisure.rest == 0


def test_it_never_rests_longer_than_a_second() -> None:
    now = [100.0]
    leisure = Leisure(lambda: now[0])
    leisure.hurry = False
    with leisure.batch():
        now[0] += 5

    assert leisure.rest == 1


def test_in_a_hurry_it_does_not_rest() -> None:
    now = [100.0]
    leisure = Leisure(lambda: now[0])
    with leisure.batch():
        now[0] += 5

    assert leisure.rest == 0


def test_mapping_rests_between_batches_while_nobody_can_be_delivered_to(every_rig: Rig) -> None:
    watch = Watch()
    rig = hold(beginning(every_rig, watch))

    first, second = mapped_by(rig, 2)
    assert 0 < first == second < _MANY

    watch.now += 1
    assert mapped_by(rig, 1) > [first]


def test_mapping_does_not_rest_while_deliveries_have_nothing_to_do(every_rig: Rig) -> None:
    rig = beginning(every_rig, Watch())
    rig.store.pauses.pause(PauseKind.SOURCE, "form", rig.clock())  # so nothing is claimed, though its org is open

    first, second = mapped_by(rig, 2)

    assert 0 < first < second


def test_mapping_rests_while_all_threads_deliver(every_rig: Rig) -> None:
    rig = beginning(every_rig, Watch())
    rig.delivery._most = 4
    rig.sandbox.settings.latency = 0.3

    first, second = mapped_by(rig, 2)

    assert 0 < first == second
    rig.close()


def test_who_rested_goes_on_at_once_when_there_is_a_hurry_again(every_rig: Rig) -> None:
    rig = beginning(every_rig, Watch())
    rig.delivery.mapper.leisure.hurry = False
    with rig.delivery.mapper.leisure.batch():
        pass

    assert rig.delivery.work()  # it rested still, and nothing was claimed: nobody would ring


def test_mapping_does_not_rest_where_people_go_out_in_bulk(store: Store, sandbox: SandboxServer, clock) -> None:
    rig = hold(beginning(BulkRig(store, sandbox, clock), Watch()))

    first, second = mapped_by(rig, 2)

    assert 0 < first < second
    rig.close()

"""Replays: nobody becomes two contacts, nothing is sent again, and what is under way is left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from delivery_kit import Rig

from app.config.model import ConsentMode
from app.expressions import expression
from app.forecast import Forecast, forecast
from app.rehearsal import Rehearsals
from app.sandbox import Fault
from app.store import Filter
from app.webhook import EventStatus

ADA = {"email": "ada@example.com", "name": "Ada"}


def map_otherwise(rig: Rig, **expressions: str) -> None:
    """Change where the source finds parts of a contact."""
    rig.bridge.config.sources["form"].contact.update({name: expression(text) for name, text in expressions.items()})


def forecasts(rig: Rig) -> dict[str, Forecast]:
    rehearsals, archive = Rehearsals(rig.bridge), rig.store.archive
    return {kept.event.event_id: forecast(archive, rehearsals, kept) for kept in archive.selected(Filter())}


def differing(found: Forecast) -> dict[str, tuple[object, object]]:
    return {each.field: (each.before, each.after) for each in found.differences}


def test_replaying_everything_twice_creates_nobody_and_sends_nothing(every_rig: Rig) -> None:
    for number in range(8):
        every_rig.deliver(email=f"person{number % 4}@example.com", name=f"Name {number % 4}", vip=number > 4)
        every_rig.later(seconds=1)
    every_rig.deliver("strict", email="refused@example.com")
    every_rig.deliver(email="bo@example.com", consent=False)
    contacts = every_rig.contacts()
    every_rig.calls()

    every_rig.replay()
    every_rig.replay()

    assert every_rig.calls() == []
    assert every_rig.contacts() == contacts
    assert not every_rig.waiting


def test_a_replay_sends_only_what_is_new_in_todays_mapping(every_rig: Rig) -> None:
    every_rig.deliver(**ADA, nickname="Countess")
    every_rig.calls()
    map_otherwise(every_rig, name="nickname")

    every_rig.replay(source="form")

    assert every_rig.calls() == [f"PATCH contacts/{every_rig.contacts()[0]['id']}"]
    assert [contact["name"] for contact in every_rig.contacts()] == ["Countess"]


def test_batches_keep_the_order(every_rig: Rig) -> None:
    every_rig.sandbox.faults.add(Fault("error", status=422, times=6))
    for number in range(6):
        every_rig.add(email=f"person{number}@example.com")
        every_rig.later(seconds=1)
    assert set(every_rig.statuses().values()) == {"failed"}
    every_rig.calls()
    every_rig.delivery._most = 1  # one after the other, so that their order can be seen

    for batch in every_rig.store.replays.batches(Filter(status=EventStatus.FAILED), every_rig.clock(), 2):
        assert len(batch.changed) == 2
    every_rig.work()

    assert [body["channel"]["email"] for body in every_rig.bodies()] == [f"person{n}@example.com" for n in range(6)]


def test_what_is_being_delivered_is_left_alone_and_counted(every_rig: Rig) -> None:
    every_rig.add(**ADA)
    every_rig.add(email="bo@example.com")
    every_rig.store.received.map(every_rig.bridge.map, every_rig.clock())
    every_rig.store.claims.claim(every_rig.clock(), 1, ["main"])

    (batch,) = every_rig.store.replays.batches(Filter(), every_rig.clock())

    assert (batch.changed, batch.busy, batch.unfit, batch.seen) == ([("form", "e2")], 1, 0, 2)


def test_a_delivered_event_that_changes_nothing_is_forecast_so(rig: Rig) -> None:
    rig.deliver(**ADA)

    (found,) = forecasts(rig).values()

    assert found.changes is False
    assert found.rehearsed.reason == "nothing new"


def test_a_changed_field_is_compared_with_the_request_that_was_sent(rig: Rig) -> None:
    rig.deliver(**ADA, nickname="Countess", vip=True)
    map_otherwise(rig, name="nickname")

    (found,) = forecasts(rig).values()

    assert found.changes
    assert found.against == "the requests sent last"
    assert differing(found) == {"name": ("Ada", "Countess")}
    assert [request["method"] for request in found.rehearsed.requests] == ["PATCH"]


def test_what_a_refused_contact_would_be_now_is_compared_as_a_whole(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=422, times=1))
    rig.deliver(**ADA, vip=True, home="+14155550100")
    map_otherwise(rig, phone="home")
    del rig.bridge.config.sources["form"].contact["name"]

    (found,) = forecasts(rig).values()

    assert found.changes
    assert differing(found) == {"name": ("Ada", None), "phone": (None, "+14155550100")}


def test_the_same_request_once_more_is_no_change(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=422, times=1))
    assert rig.deliver(**ADA)["status"] == "failed"

    (found,) = forecasts(rig).values()

    assert found.changes is False
    assert found.rehearsed.status is EventStatus.DELIVERED
    assert found.differences == []


def test_an_event_that_failed_to_map_and_now_would_be_delivered_changes(rig: Rig) -> None:
    rig.deliver(mail="ada@example.com")
    map_otherwise(rig, email="mail")

    (found,) = forecasts(rig).values()

    assert (found.kept.status, found.rehearsed.status, found.changes) == ("failed", "delivered", True)
    assert differing(found) == {"email": (None, "ada@example.com")}


@pytest.mark.parametrize("delivered", [True, False])
def test_an_event_that_would_be_ignored_changes(rig: Rig, delivered: bool) -> None:  # noqa: FBT001 -- a parameter
    (rig.deliver if delivered else rig.add)(**ADA)
    sources = rig.bridge.config.sources
    sources["form"] = replace(sources["form"], consent=ConsentMode.REQUIRE)

    (found,) = forecasts(rig).values()

    assert (found.rehearsed.status, found.changes) == ("ignored", True)
    assert "no consent" in (found.rehearsed.reason or "")


def test_a_segment_that_is_added_is_all_that_differs(rig: Rig) -> None:
    rig.deliver(**ADA, vip=True)
    sources = rig.bridge.config.sources
    sources["form"] = replace(sources["form"], segment_ids=("seg_all",))

    (found,) = forecasts(rig).values()

    assert [(each.field, each.after) for each in found.differences] == [("segment_ids", ["seg_all"])]
    assert [request["path"].rpartition("/")[2] for request in found.rehearsed.requests] == ["seg_all"]


def test_until_and_since_select_by_the_time_of_arrival(every_rig: Rig) -> None:
    start = every_rig.clock()
    for number in range(3):
        every_rig.add(email=f"person{number}@example.com")
        every_rig.later(minutes=1)
    minute = timedelta(minutes=1)

    (batch,) = every_rig.store.replays.batches(Filter(since=start + minute, until=start + minute), every_rig.clock())

    assert batch.changed == [("form", "e2")]
    assert batch.reached == start + minute

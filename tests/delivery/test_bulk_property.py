"""Crowds, bulk calls and trouble in whatever order: everything ends, and nobody is two contacts."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from bulk_kit import BulkRig
from delivery_kit import START
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed_run import KEYS
from test_delivery_property import twice

from app.sandbox import Bulk, Duplicates, Fault
from app.store import Filter, Store
from app.webhook import EventStatus

ANSWERS = ("consent", "vip", "new")
crowds = st.fixed_dictionaries(
    {
        "first": st.integers(0, 15),  # people overlap from crowd to crowd
        "count": st.integers(10, 14),
        "source": st.sampled_from(["form", "shop", "loose"]),
        "parts": st.fixed_dictionaries(
            {}, optional={"type": st.just("updated"), **dict.fromkeys(ANSWERS, st.booleans())}
        ),
    }
)
faults = st.builds(
    Fault,
    kind=st.sampled_from(
        ["drop", "cut", "error", "html", "no_contact", "rate_limited", "redirect", "half", "lost_rows", "refused_rows"]
    ),
    times=st.integers(1, 2),
    after=st.booleans(),
    path_ends=st.sampled_from(["", "/bulk", "/bulk/dry"]),
    status=st.sampled_from([None, 400, 404, 500]),
)
steps = st.lists(st.one_of(crowds, st.just("bulk"), faults, st.integers(0, 4000)), min_size=2, max_size=10)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, upstream=st.tuples(st.sampled_from(Duplicates), st.sampled_from(Bulk)))
def test_every_event_ends_and_nobody_is_two_contacts(sandbox, clock, migrated_file: Path, steps, upstream) -> None:
    sandbox.reset()
    sandbox.settings.duplicates, sandbox.settings.bulk = upstream
    clock.time = START
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{shutil.copy(migrated_file, folder)}", KEYS)
        store.migrated = True
        rig = BulkRig(store, sandbox, clock)
        for step in steps:
            take(rig, step)
        sandbox.faults.clear()
        rig.bulk()
        rig.finish()

        ended = store.log.events(Filter(), 1000)
        rig.close()
        store.close()
    assert {event["status"] for event in ended} <= {EventStatus.DELIVERED, EventStatus.FAILED}
    assert twice(rig.contacts()) == {}


def take(rig: BulkRig, step: Any) -> None:
    if step == "bulk":
        rig.bulk()
    elif isinstance(step, Fault):
        rig.sandbox.faults.add(step)
    elif isinstance(step, int):
        rig.later(seconds=step)
    else:
        rig.crowd(step["count"], step["source"], people=step["first"], **step["parts"])

"""Whatever happens in whatever order: everything ends, and nobody is two contacts."""

import itertools
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from delivery_kit import START, Rig, config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed_run import KEYS

from app.sandbox import Duplicates, Fault
from app.store import Filter, Store
from app.webhook import EventStatus

PEOPLE: tuple[tuple[dict[str, str], ...], ...] = (  # each is known by one thing that all of its events have
    (
        {"email": "ada@example.com"},
        {"email": "Ada@example.com", "user_id": "u1"},
        {"email": "ada@example.com", "phone": "+14155550100"},
    ),
    (
        {"phone": "+14155550101"},
        {"phone": "+14155550101", "email": "bo@example.org"},
        {"phone": "+14155550101", "user_id": "u2"},
    ),
)
TYPES = ("signed up", "updated", "unsubscribed", "subscribed")

events = st.fixed_dictionaries(
    {
        "who": st.sampled_from([identity for person in PEOPLE for identity in person]),
        "source": st.sampled_from(["form", "shop", "loose"]),
        "type": st.sampled_from(TYPES),
        "name": st.sampled_from([None, "A Example", "B Example"]),
        "consent": st.sampled_from([None, True, False]),
        "vip": st.booleans(),
        "ago": st.integers(0, 600),
    }
)
METHODS = st.sampled_from([None, "POST", "GET", "PATCH"])
faults = st.builds(
    Fault,
    kind=st.sampled_from(["drop", "cut", "error", "html", "no_contact", "redirect"]),
    times=st.integers(1, 4),
    after=st.booleans(),
    method=METHODS,
    status=st.sampled_from([None, 500, 503]),
)
refusals = st.builds(  # whoever says 401 or 429 has not carried out what was asked
    Fault, kind=st.sampled_from(["rate_limited", "unauthorized"]), times=st.integers(1, 4), method=METHODS
)
steps = st.lists(st.one_of(events, events, faults, refusals, st.integers(0, 400)), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, duplicates=st.sampled_from(Duplicates))
def test_every_event_ends_and_nobody_is_two_contacts(sandbox, clock, migrated_file: Path, steps, duplicates) -> None:
    sandbox.reset()
    sandbox.settings.duplicates, clock.time = duplicates, START
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{shutil.copy(migrated_file, folder)}", KEYS)
        store.migrated = True
        rig = Rig(store, sandbox, clock, config(sandbox.url))
        for step in steps:
            take(rig, step)
        sandbox.faults.clear()
        rig.finish()

        ended = store.log.events(Filter(), 100)
        rig.close()
        store.close()
    over = {EventStatus.DELIVERED, EventStatus.IGNORED, EventStatus.FAILED}
    assert all(event["status"] in over and event["reason"] for event in ended)
    assert twice(rig.contacts()) == {}


def take(rig: Rig, step: Any) -> None:
    if isinstance(step, Fault):
        rig.sandbox.faults.add(step)
    elif isinstance(step, int):
        rig.later(seconds=step)
    else:
        said = {name: value for name, value in step.items() if name not in ("who", "source") and value is not None}
        rig.add(step["source"], **step["who"], **said)


def twice(contacts: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """The addresses and numbers that more than one contact has."""
    having = [
        {(kind, c[kind].lower()) for c, kind in itertools.product(contact["channels"], ("email", "phone")) if c[kind]}
        for contact in contacts
    ]
    counts = Counter(identity for identities in having for identity in identities)
    return {identity: count for identity, count in counts.items() if count > 1}

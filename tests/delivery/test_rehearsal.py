"""Rehearsals say exactly what a delivery then sends, and touch nothing."""

from typing import Any

import pytest
from delivery_kit import Rig

from app.rehearsal import Rehearsals, Rehearsed
from app.store import Filter
from app.webhook import EventStatus


def rehearsed(rig: Rig, *event_ids: str) -> dict[str, Rehearsed]:
    """Rehearse events in the order in which they came; all, if none is named."""
    rehearsals = Rehearsals(rig.bridge)
    return {kept.event.event_id: rehearsals.rehearse(kept) for kept in rig.store.archive.selected(_these(*event_ids))}


def _these(*event_ids: str) -> Filter:
    return Filter(event_ids=event_ids)


def sent(rig: Rig, event_id: str) -> list[dict[str, Any]]:
    """The requests of the last attempt that were more than look-ups."""
    exchanges = rig.attempts(event_id)[-1]["exchanges"]
    return [{name: x[name] for name in ("method", "path", "body")} for x in exchanges if x["method"] != "GET"]


ADA = {"email": "ada@example.com", "name": "Ada"}
STORIES: dict[str, list[dict[str, Any]]] = {
    "somebody new": [ADA],
    "somebody new with everything": [{**ADA, "phone": "+14155550100", "user_id": "u1", "vip": True, "new": True}],
    "the same again": [ADA, ADA],
    "another name": [ADA, {**ADA, "name": "Ada Lovelace"}],
    "a further phone": [ADA, {**ADA, "phone": "+14155550100"}],
    "a further user id": [ADA, {**ADA, "user_id": "u1"}],
    "another segment": [ADA, {**ADA, "vip": True}],
    "a no": [ADA, {**ADA, "consent": False}],
    "a no at once": [{**ADA, "consent": False}],
    "a yes after a no": [{**ADA, "consent": False}, {**ADA, "consent": True}],
    "an old name": [ADA, {**ADA, "name": "Old", "ago": 3600}],
}


def _shape(requests: Any, contact_ids: set[str]) -> list[dict[str, Any]]:
    """Requests with the id that the upstream gave replaced by the one that stands for it."""
    found = []
    for request in requests:
        text = repr(request)
        for contact_id in contact_ids:
            text = text.replace(contact_id, "new-contact")
        found.append(text)
    return found


@pytest.mark.parametrize("story", STORIES)
def test_it_says_what_is_then_sent(rig: Rig, story: str) -> None:
    *before, last = STORIES[story]
    for payload in before:
        rig.deliver(**payload)
        rig.later(seconds=10)
    event_id = rig.add(**last)

    told = rehearsed(rig, event_id)[event_id]
    rig.work()

    ids = {contact["id"] for contact in rig.contacts()}
    assert _shape(told.requests, ids) == _shape(sent(rig, event_id), ids)
    assert (told.status, told.reason) == (rig.event(event_id)["status"], rig.event(event_id)["reason"])


def test_it_rehearses_each_event_as_if_those_before_it_had_been_delivered(every_rig: Rig) -> None:
    every_rig.add(**ADA)
    every_rig.add(**ADA, phone="+14155550100", vip=True)
    every_rig.add("shop", email="bo@example.com", phone="+14155550100")
    every_rig.add(**ADA)

    told = rehearsed(every_rig)
    every_rig.work()

    ids = {contact["id"] for contact in every_rig.contacts()}
    for event_id, each in told.items():
        assert _shape(each.requests, ids) == _shape(sent(every_rig, event_id), ids)
    assert told["e1"].reason == "created"
    assert told["e4"].requests == ()
    assert len(every_rig.contacts()) == 1


def test_it_sends_and_writes_nothing(every_rig: Rig) -> None:
    every_rig.deliver(**ADA)
    every_rig.add(**ADA, phone="+14155550100")
    every_rig.add(email="bo@example.com")
    every_rig.calls()
    before = _everything(every_rig)

    rehearsed(every_rig)

    assert _everything(every_rig) == before
    assert every_rig.calls() == []


def _everything(rig: Rig) -> list[Any]:
    with rig.store.database.reading() as connection:
        return [
            connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2").all()
            for table in ("events", "persons", "identities", "attempts", "org_states")
        ]


def test_it_says_where_a_look_up_would_come_first(rig: Rig) -> None:
    event_id = rig.add(**ADA)
    rig.store.received.map(rig.bridge.map, rig.clock())
    with rig.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE persons SET uncertain = 1")

    told = rehearsed(rig, event_id)[event_id]

    assert told.looks_first
    assert [request["method"] for request in told.requests] == ["POST"]


@pytest.mark.parametrize(
    ("source", "payload", "status", "reason"),
    [
        ("form", {"name": "Nobody"}, EventStatus.FAILED, "neither e-mail nor phone"),
        ("strict", ADA, EventStatus.IGNORED, "no consent"),
    ],
)
def test_it_says_why_nothing_would_go_out(
    rig: Rig, source: str, payload: dict[str, Any], status: EventStatus, reason: str
) -> None:
    event_id = rig.add(source, **payload)

    told = rehearsed(rig, event_id)[event_id]

    assert (told.status, told.requests) == (status, ())
    assert reason in (told.reason or "")

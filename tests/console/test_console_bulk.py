"""Replaying many: batch by batch, with its progress, and stopped between two of them."""

import re

import pytest
from console_client import Console, fields_of, words_of

from app.store import Arrival, Filter
from app.webhook import Event, EventStatus

MANY, AT_ONCE = 1_200, 500


@pytest.fixture
def many(console: Console) -> Console:
    """So many failed events that they take three batches."""
    now = console.bridge.now()
    body = b'{"id": "x", "type": "signup"}'
    events = [Event("landing", f"lead-{number:04}-x", "signup", now, body) for number in range(MANY)]
    console.bridge.store.inbox.add(Arrival(now, [(event, EventStatus.FAILED, "nobody") for event in events]))
    return console


def _failed(console: Console) -> int:
    return len(console.bridge.store.log.events(Filter(status=EventStatus.FAILED), 5_000))


def test_it_says_how_many_before_it_begins(many: Console) -> None:
    assert "1,200 events would be mapped and delivered again" in many.text("/replay", status="failed")
    assert _failed(many) == MANY


def test_it_goes_on_by_hand_without_a_script(many: Console) -> None:
    page = many.get("/replay", status="failed")
    said = []
    while 'action="/console/replay"' in page.text:
        page = many.client.post("/console/replay", data=fields_of(page, "/replay"))
        said += re.findall(r"([0-9,]+) events of 1,200 put back", words_of(page))

    assert said == ["500", "1,000", "1,200"]
    assert _failed(many) == 0
    log = many.text("/log")
    assert log.count("Ada (console) replay") == 1
    assert "replay status failed; events 1200; left alone 0" in log


def test_it_goes_on_by_itself_with_one(many: Console) -> None:
    form = fields_of(many.get("/replay", status="failed"), "/replay")

    part = many.client.post("/console/replay", data=form, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert 'hx-trigger="load' in part.text
    assert '<progress max="1200" value="500"' in part.text


def test_it_can_be_stopped_and_gone_on_with(many: Console) -> None:
    page = many.client.post("/console/replay", data=fields_of(many.get("/replay", status="failed"), "/replay"))
    stop = re.findall(r'href="([^"]+)">Stop<', page.text)[0].replace("&amp;", "&")

    stopped = many.client.get(stop)

    assert "Stopped: 500 events of 1,200" in words_of(stopped)
    assert _failed(many) == MANY - AT_ONCE
    many.client.post("/console/replay", data=fields_of(stopped, "/replay"))
    assert _failed(many) == MANY - 2 * AT_ONCE


def test_it_leaves_alone_what_came_after_it_began(many: Console) -> None:
    page = many.get("/replay", status="failed")
    late = Event("landing", "lead-late-x", "signup", many.bridge.now(), b"{}")
    many.bridge.store.inbox.add(Arrival(many.bridge.now(), [(late, EventStatus.FAILED, "nobody")]))

    while 'action="/console/replay"' in page.text:
        page = many.client.post("/console/replay", data=fields_of(page, "/replay"))

    assert _failed(many) == 1


def test_it_wants_something_chosen(console: Console) -> None:
    assert "name the events, or select some" in words_of(console.get("/replay"))


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "", "²"])
def test_it_takes_no_form_that_is_not_whole(console: Console, after: str) -> None:
    form = {"status": "failed", "total": "1", "last": "1", "after": after}

    assert console.post("/replay", **form).status_code == 400

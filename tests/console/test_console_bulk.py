"""Replaying many: batch by batch, with its progress, and stopped between two of them."""

import re

import pytest
from console_client import Console, fields_of, words_of
from console_kit import map_all

from app.desk import steering
from app.store import Filter
from app.webhook import EventStatus


@pytest.fixture
def many(console: Console, monkeypatch: pytest.MonkeyPatch) -> Console:
    """Twelve events that failed, and batches of five."""
    monkeypatch.setattr(steering, "AT_ONCE", 5)
    for number in range(12):
        console.receive(f"lead-{number:02}-x", email="")
    map_all(console)
    return console


def _failed(console: Console) -> int:
    return len(console.bridge.store.log.events(Filter(status=EventStatus.FAILED)))


def test_it_says_how_many_before_it_begins(many: Console) -> None:
    assert "12 events would be mapped and delivered again" in many.text("/replay", status="failed")
    assert _failed(many) == 12


def test_it_goes_on_by_hand_without_a_script(many: Console) -> None:
    page = many.get("/replay", status="failed")
    said = []
    while 'action="/console/replay"' in page.text:
        page = many.client.post("/console/replay", data=fields_of(page, "/replay"))
        said.append(re.findall(r"(\d+) events of 12 put back", words_of(page)))

    assert said == [["5"], ["10"], ["12"]]
    assert _failed(many) == 0
    assert many.text("/log").count("replay status failed; events 12") == 1


def test_it_goes_on_by_itself_with_one(many: Console) -> None:
    form = fields_of(many.get("/replay", status="failed"), "/replay")

    part = many.client.post("/console/replay", data=form, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert 'hx-trigger="load' in part.text
    assert '<progress max="12" value="5"' in part.text


def test_it_can_be_stopped_and_gone_on_with(many: Console) -> None:
    page = many.client.post("/console/replay", data=fields_of(many.get("/replay", status="failed"), "/replay"))
    stop = re.findall(r'href="([^"]+)">Stop<', page.text)[0].replace("&amp;", "&")

    stopped = many.client.get(stop)

    assert "Stopped: 5 events of 12" in words_of(stopped)
    assert _failed(many) == 7
    many.client.post("/console/replay", data=fields_of(stopped, "/replay"))
    assert _failed(many) == 2


def test_it_leaves_alone_what_came_after_it_began(many: Console) -> None:
    page = many.get("/replay", status="failed")
    many.receive("lead-late-x", email="")
    map_all(many)

    while 'action="/console/replay"' in page.text:
        page = many.client.post("/console/replay", data=fields_of(page, "/replay"))

    assert _failed(many) == 1


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "", "²"])
def test_it_takes_no_form_that_is_not_whole(many: Console, after: str) -> None:
    form = fields_of(many.get("/replay", status="failed"), "/replay")

    assert many.client.post("/console/replay", data={**form, "after": after}).status_code == 400

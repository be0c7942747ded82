"""What an admin does by the console: replay, ignore, pause, resume, erase, send a sample. It is all in the log."""

from collections.abc import Callable

import pytest
from console_client import TOKENS, Console, fields_of, words_of
from console_kit import deliver, map_all
from flask import Flask

from app.store import Filter
from app.store.keyring import new_key
from app.webhook import EventStatus


def _status(console: Console, event_id: str = "lead-1-a") -> str:
    return str(console.bridge.store.log.events(Filter(event_ids=[event_id]))[0]["status"])


@pytest.fixture
def failed(console: Console) -> Console:
    """One event that failed: it names nobody."""
    console.receive("lead-1-a", email="")
    map_all(console)
    assert _status(console) == "failed"
    return console


def test_it_replays_an_event(failed: Console) -> None:
    form = fields_of(failed.get("/event", source="landing", id="lead-1-a"), "/event/replay")

    answer = failed.client.post("/console/event/replay", data=form, follow_redirects=True)

    assert "mapped and delivered again" in words_of(answer)
    assert _status(failed) == "received"
    assert "Ada (console) replay source landing; event ids lead-1-a" in failed.text("/log")


def test_it_ignores_an_event_with_a_reason(failed: Console) -> None:
    form = fields_of(failed.get("/event", source="landing", id="lead-1-a"), "/event/ignore")

    answer = failed.client.post("/console/event/ignore", data={**form, "reason": "a test"}, follow_redirects=True)

    page = words_of(answer)
    assert "ignored by hand: a test" in page
    assert "ignored by Ada (console) at 2026-03-01 12:00:00 UTC" in page
    assert "Ada (console) ignore" in failed.text("/log")


def test_it_offers_no_ignoring_of_what_is_delivered(console: Console) -> None:
    console.receive("lead-1-a")
    deliver(console)

    page = console.get("/event", source="landing", id="lead-1-a").text

    assert "/event/ignore" not in page
    assert "/event/replay" in page


def test_it_says_that_nothing_was_done(console: Console) -> None:
    console.receive("lead-1-a")
    deliver(console)

    answer = console.post("/event/ignore", source="landing", id="lead-1-a")

    assert "Nothing was done" in words_of(console.client.get(answer.location))
    assert "ignore source landing; event ids lead-1-a; events 0; left alone 1" in console.text("/log")


def test_it_rehearses_a_replay(console: Console) -> None:
    console.receive("lead-1-a", name="Ada Example")
    deliver(console)

    part = console.client.get("/console/event/replay?source=landing&id=lead-1-a", headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert "Nothing would change" in words_of(part)
    assert _status(console) == "delivered"


def test_it_shows_what_a_replay_would_send(failed: Console) -> None:
    page = failed.text("/event/replay", source="landing", id="lead-1-a")

    assert "it would be failed (neither e-mail nor phone" in page
    assert fields_of(failed.get("/event/replay", source="landing", id="lead-1-a"), "/event/replay")["id"] == "lead-1-a"


@pytest.mark.parametrize("name", ["main", "shop"])
def test_it_pauses_and_resumes(console: Console, name: str) -> None:
    kind = "org" if name == "main" else "source"
    place = "/" if name == "main" else f"/sources/{name}"

    console.client.post("/console/pause", data=fields_of(console.get(place), "/pause"))
    assert [(pause.kind, pause.name) for pause in console.bridge.store.pauses.all()] == [(kind, name)]
    assert "aused" in console.text(place)

    console.client.post("/console/resume", data=fields_of(console.get(place), "/resume"))
    assert console.bridge.store.pauses.all() == []
    log = console.text("/log")
    assert f"pause {kind} {name}" in log
    assert f"resume {kind} {name}" in log


@pytest.mark.parametrize(("kind", "name"), [("org", "shop"), ("planet", "main"), ("source", ""), ("", "")])
def test_it_pauses_only_what_there_is(console: Console, kind: str, name: str) -> None:
    assert console.post("/pause", kind=kind, name=name).status_code == 404


def test_it_erases_a_person(console: Console) -> None:
    console.receive("lead-1-a", name="Ada Example")
    console.receive("lead-2-b", email="ben@example.com", note="a friend of ada@example.com")
    deliver(console)

    page = console.get("/people/1/erase")
    answer = console.client.post("/console/people/1/erase", data={**fields_of(page, "/erase"), "sure": "yes"})

    assert "stays upstream" in words_of(page)
    assert "Forgotten. Receipt 1: 1 person, 1 identity, 2 payloads, 2 attempts." in words_of(answer)
    assert "contact_" in answer.text or "new-contact" in answer.text
    assert console.get("/people/1").status_code == 404
    assert "It is gone" in console.text("/event", source="landing", id="lead-1-a")
    log = console.text("/log")
    assert "Ada (console) erase receipt 1" in log
    assert "ada@example.com" not in log


def test_it_says_that_nobody_can_be_erased_for_want_of_a_key(make_app: Callable[..., Flask]) -> None:
    sealed = make_app(f'{TOKENS}\nencryption_key = "{new_key()}"')
    before = Console(sealed, sealed.test_client())
    before.receive("lead-1-a")
    deliver(before)
    other = make_app(f'{TOKENS}\nencryption_key = "{new_key()}"')
    console = Console(other, other.test_client())
    console.sign_in()

    page = words_of(console.post("/people/1/erase", sure="yes"))

    assert "That did not work. not erased, for somebody may be named where nobody can read it" in page
    assert console.get("/people/1").status_code == 200


def test_it_erases_nobody_unless_that_is_meant(console: Console) -> None:
    console.receive("lead-1-a")
    deliver(console)

    assert console.post("/people/1/erase").status_code == 400
    assert console.get("/people/1").status_code == 200


def test_it_sends_a_sample(console: Console) -> None:
    page = console.get("/sources/shop")

    answer = console.post("/sources/shop/sample", sample="customers-create" if "customers-create" in page.text
                          else page.text.partition("<option>")[2].partition("<")[0])  # fmt: skip

    assert answer.status_code == 303
    assert answer.location.startswith("/console/event?source=shop&id=")
    assert console.bridge.store.log.events(Filter(source="shop"))[0]["status"] == EventStatus.RECEIVED
    assert "send a sample source shop" in console.text("/log")


def test_it_says_why_a_sample_was_not_sent(console: Console) -> None:
    assert "has no sample" in words_of(console.post("/sources/shop/sample", sample="no-such"))


def test_it_explains_how_to_set_a_source_up(console: Console) -> None:
    page = console.get("/sources/shop")

    assert "http://localhost/hooks/shop" in page.text
    assert "<ol><li>" in page.text
    assert "{url}" not in page.text
    assert "shop-secret-of-tests" not in page.text

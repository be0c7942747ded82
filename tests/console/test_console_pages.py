"""The pages: what they show, and that nothing a sender wrote becomes a part of them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from console_client import Console, words_of
from console_kit import map_all

from app.alerts.present import wrong
from app.store import Filter, Hold

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"
JUNK = ["\x00\x1b[31m\x07", "\u202edrawkcab", "a" * 5_000, SCRIPT, SCRIPT * 100, "{{ 7 * 7 }}", "'\"><svg onload=x>"]


def test_it_says_how_things_are_going(console: Console) -> None:
    console.receive("lead-1")
    console.receive("lead-2", email="ben@example.com")

    page = console.text("/")

    assert "Accepted 2" in page
    assert "Waiting 2" in page
    assert "2 accepted: 0 delivered, 0 ignored, 0 failed, 2 waiting." in page
    assert "main up Nothing is known against it." in page
    assert "Nothing is delivered: no delivery process is running" in page


def test_it_shows_an_empty_bridge(console: Console) -> None:
    assert "0 accepted" in console.text("/")
    assert "There are no events yet" in console.text("/events")
    assert "Nothing was refused" in console.text("/events", status="refused")


@pytest.mark.parametrize("span", ["month", "day", "century", ""])
def test_its_chart_has_a_name_a_description_and_a_table(console: Console, span: str) -> None:
    page = console.get("/", span=span).text

    assert 'role="img" aria-labelledby="chart-title chart-desc"' in page
    assert "<title id=" in page
    assert "<desc id=" in page
    assert page.count('<th scope="row">') == (30 if span == "month" else 24)


def test_it_says_what_is_wrong_upstream(console: Console, clock: Any) -> None:
    console.bridge.store.orgs.hold("main", Hold.KEY_REFUSED, "401: no such key", clock())

    page = console.text("/")

    assert "main key refused The contacts API refuses the API key (401: no such key), since 2026-03-01" in page
    assert "401: no such key" in page


def test_it_says_what_is_wrong_and_what_to_do_in_the_words_of_the_alerts(console: Console, clock: Any) -> None:
    assert "What is wrong now" not in console.text("/")
    console.bridge.store.orgs.hold("main", Hold.KEY_REFUSED, "401", clock())
    clock.advance(hours=1)

    page = console.text("/")

    (said,) = wrong(console.bridge.config, console.bridge.store, clock())
    assert f"What is wrong now {said.words} , since 2026-03-01 12:00:00 UTC What to do: {said.what_to_do}." in page


def test_what_is_wrong_leads_to_its_page(console: Console) -> None:
    console.receive(email="not an address")
    map_all(console)

    page = console.get("/").text

    assert '<a href="/console/events?status=failed">1 event failed; the newest: 1 of landing' in page
    assert "<code>contact-bridge replay --status failed</code>" in page


def test_it_lists_events_by_status_source_type_and_time(console: Console, clock: Any) -> None:
    console.receive("lead-1")
    clock.advance(hours=2)
    console.receive("lead-2", type="survey", email="ben@example.com")

    assert "landing: signup" in console.text("/events")
    assert "landing: signup" not in console.text("/events", type="survey")
    assert "landing: signup" not in console.text("/events", since="2026-03-01T13:00")
    assert "landing: survey" not in console.text("/events", until="2026-03-01T13:00")
    assert "landing: signup" in console.text("/events", status="received", source="landing", type="signup")
    assert "no events like that" in console.text("/events", status="failed")
    assert "no events like that" in console.text("/events", source="shop")


@pytest.mark.parametrize(
    "values", [{"status": "lost"}, {"since": "soon"}, {"until": "99999-01-01"}, {"status": SCRIPT}, {"since": "\x00"}]
)
def test_it_says_what_cannot_be_chosen(console: Console, values: dict[str, str]) -> None:
    answer = console.get("/events", **values)

    assert answer.status_code == 400
    assert "<script>alert" not in answer.text


def test_it_turns_pages(console: Console) -> None:
    for number in range(60):
        console.receive(f"lead-{number:02}-x1", email=f"lead{number}@example.com")

    first = console.get("/events", source="landing").text
    older = first.partition('<a rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = console.client.get(older).text

    assert first.count('data-label="Status"') == 50
    assert second.count('data-label="Status"') == 10
    assert "lead-59-x1" in first
    assert "lead-00-x1" in second
    assert 'rel="next"' not in second
    assert "source=landing" in older


@pytest.mark.parametrize("path", ["/events", "/events?status=refused", "/log", "/people/1"])
def test_it_begins_anew_with_a_cursor_that_nobody_gave(console: Console, path: str) -> None:
    console.receive()
    map_all(console)

    for after in ("x", "-1", "1 OR 1", "9" * 40, "²", "cm93IDA"):
        assert console.client.get(f"/console{path}{'&' if '?' in path else '?'}after={after}").status_code == 200


def test_it_lists_what_was_refused_and_why(console: Console, clock: Any) -> None:
    console.bridge.store.refusals.note("shop", "wrong secret", "copy it from the sender again", clock())

    for page in (console.text("/events", status="refused"), console.text("/"), console.text("/sources/shop")):
        assert "wrong secret" in page
        assert "copy it from the sender again" in page
    assert "Nothing was refused" in console.text("/events", status="refused", source="landing")


def test_it_explains_an_event(console: Console) -> None:
    console.receive(newsletter="yes", name="Ada Example")
    map_all(console)

    page = console.text("/event", source="landing", id="lead-1")

    assert '"newsletter": "yes"' in page
    assert "email ada@example.com email" in page
    assert "consent granted since 2026-03-01T12:00:00+00:00 newsletter" in page
    assert "It waits: no delivery process is running" in page


def test_it_says_where_a_part_came_from_only_if_it_still_does(console: Console) -> None:
    console.receive(name="Ada Example")
    map_all(console)
    object.__setattr__(console.bridge.config.sources["landing"], "contact", {})

    assert "name Ada Example by an earlier mapping" not in console.text("/event", source="landing", id="lead-1")


@pytest.mark.parametrize("junk", JUNK)
def test_nothing_that_was_sent_becomes_markup(console: Console, junk: str) -> None:
    console.receive("lead-1", name=junk, other={junk: [junk]}, type=junk[:200])
    map_all(console)
    event_id = console.bridge.store.log.events(Filter())[0]["event_id"]
    paths = [
        "/events",
        f"/event?source=landing&id={event_id}",
        f"/event/replay?source=landing&id={event_id}",
        "/people/1",
    ]

    for path in paths:
        answer = console.client.get(f"/console{path}")

        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "<svg onload" not in answer.text
        assert not set(answer.text) & set("\x00\x07\x1b\u202e")


def test_it_shows_the_fields_of_a_form(console: Console) -> None:
    form = "id=form-1-x&type=signup&email=ada%40example.com&lead[name]=Ada+Example"
    headers = {"Authorization": "Bearer token-of-tests", "Content-Type": "application/x-www-form-urlencoded"}
    assert console.client.post("/hooks/landing", data=form, headers=headers).status_code == 200

    page = console.text("/event", source="landing", id="form-1-x")

    assert '"email": "ada@example.com", "lead": { "name": "Ada Example" }' in page
    assert console.get("/event/payload", source="landing", id="form-1-x").text == form


def test_it_folds_a_large_payload(console: Console) -> None:
    console.receive("lead-1", rows=[{"row": number} for number in range(100)])
    console.receive("lead-2", email="ben@example.com")

    assert "<details><summary>" in console.get("/event", source="landing", id="lead-1").text
    assert "<details><summary>" not in console.get("/event", source="landing", id="lead-2").text


def test_it_hands_out_a_payload_as_a_file_only(console: Console) -> None:
    console.receive("lead-1", name=SCRIPT)

    answer = console.get("/event/payload", source="landing", id="lead-1")

    assert json.loads(answer.data)["name"] == SCRIPT
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"


@pytest.mark.parametrize("path", ["/event", "/event/payload", "/event/replay", "/people/77", "/people/77/erase",
                                  "/sources/nobody", "/no/such/page"])  # fmt: skip
def test_it_says_that_something_is_not_there(console: Console, path: str) -> None:
    answer = console.get(path, source="landing", id="nothing")

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "no such page" in words_of(answer)


def test_it_says_that_the_database_is_away(console: Console) -> None:
    console.bridge.store.database.engine.dispose()
    place = Path(console.bridge.store.database.engine.url.database or "")
    shutil.move(place, f"{place}.away")
    place.mkdir()

    answer = console.get("/events")

    assert answer.status_code == 503
    assert "database cannot be used" in words_of(answer)

"""Events that name their person by number only: the delivery process asks the sender's own API who it is."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from delivery_kit import KEY
from delivery_wire import answer
from fetching_kit import FOUND, TOKEN, Begin, lead, receive

from app.forecast import forecast
from app.providers import Fetch
from app.rehearsal import Rehearsals
from app.store import Filter, PauseKind


def test_it_fetches_the_person_and_delivers_the_contact(begin: Begin) -> None:
    rig, api = begin(FOUND)

    lead(rig)
    asked_while_receiving = list(api.asked)
    rig.work()

    assert asked_while_receiving == []
    assert rig.event("123")["status"] == "delivered"
    assert rig.contacts()[0]["name"] == "Ada Example"
    assert [attempt["outcome"] for attempt in rig.attempts("123")] == ["fetched", "delivered"]


def test_it_shows_the_sender_its_token_and_never_the_key_of_the_org(begin: Begin) -> None:
    rig, api = begin(FOUND)

    lead(rig)
    rig.work()

    (asked,) = api.asked
    assert asked.startswith("GET /graph.facebook.com/123?fields=")
    assert f"Authorization: Bearer {TOKEN}" in asked
    assert KEY not in asked
    assert TOKEN not in str(rig.attempts("123"))


def test_an_answer_that_repeats_the_token_is_kept_without_it(begin: Begin) -> None:
    rig, _ = begin(answer(f'{{"error": "unknown: {TOKEN}"}}'.encode(), status="401 Unauthorized"), FOUND)

    lead(rig)
    rig.work()

    ((exchange,),) = (attempt["exchanges"] for attempt in rig.attempts("123"))
    assert exchange["answer"] == '{"error": "unknown: (secret)"}'


@pytest.mark.parametrize("status", ["401 Unauthorized", "429 Too Many Requests", "500 Oops", "302 Found"])
def test_it_asks_again_when_the_sender_has_trouble(begin: Begin, status: str) -> None:
    rig, api = begin(answer(b"", "Location: http://127.0.0.1:9/", status=status), FOUND)

    lead(rig)
    rig.work()
    waiting = rig.event("123")
    rig.later(minutes=1)

    assert waiting["status"] == "pending"
    assert f"it answered {status[:3]}" in waiting["reason"]
    assert rig.event("123")["status"] == "delivered"
    assert len(api.asked) == 2


def test_it_asks_again_when_the_answer_is_no_json(begin: Begin) -> None:
    rig, _ = begin(answer(b"<html>We are back soon"), FOUND)

    lead(rig)
    rig.work()
    waiting = rig.event("123")["status"]
    rig.later(minutes=1)

    assert waiting == "pending"
    assert rig.event("123")["status"] == "delivered"


def test_it_asks_again_when_no_answer_comes(begin: Begin) -> None:
    rig, api = begin()
    api.close()

    lead(rig)
    rig.work()

    assert rig.event("123")["status"] == "pending"
    assert rig.event("123")["reason"] == "cannot reach the sender's API: connection refused"


def test_it_waits_as_long_as_the_sender_asks_for(begin: Begin) -> None:
    rig, api = begin(answer(b"", "Retry-After: 600", status="429 Too Many Requests"), FOUND)

    lead(rig)
    rig.work()
    rig.later(minutes=9)
    asked_early = len(api.asked)
    rig.later(minutes=2)

    assert asked_early == 1
    assert rig.event("123")["status"] == "delivered"


def test_it_fails_at_once_where_the_sender_does_not_know_the_person(begin: Begin) -> None:
    rig, api = begin(answer(b"{}", status="404 Not Found"))

    lead(rig)
    rig.work()
    rig.later(hours=1)

    assert rig.event("123")["status"] == "failed"
    assert "does not know the person (any more): its API answered 404" in rig.event("123")["reason"]
    assert len(api.asked) == 1


def test_it_gives_up_after_three_days(begin: Begin) -> None:
    rig, _ = begin(*[answer(b"", status="503 Unavailable")] * 100)

    lead(rig)
    rig.work()
    rig.finish()

    assert rig.event("123")["status"] == "failed"


def test_it_asks_once_more_when_whoever_asked_died(begin: Begin) -> None:
    rig, api = begin(FOUND)

    lead(rig)
    rig.store.received.map(rig.bridge.map, rig.clock())
    taken = rig.store.fetches.take(rig.clock(), 10, ["main"])  # and never settled
    rig.work()
    asked_meanwhile = len(api.asked)
    rig.later(minutes=6)

    assert len(taken) == 1
    assert asked_meanwhile == 0
    assert rig.event("123")["status"] == "delivered"


def test_a_bug_while_fetching_fails_that_event_only(begin: Begin) -> None:
    rig, _ = begin(FOUND)
    source = rig.bridge.config.sources["leads"]

    class Broken(type(source.provider)):  # type: ignore[misc] # a provider with a bug
        fetch = Fetch("graph.facebook.com", _stumble_later())

    sources = {**rig.bridge.config.sources, "leads": replace(source, provider=Broken())}
    rig.bridge.config = replace(rig.bridge.config, sources=sources)

    lead(rig)
    rig.add(email="bo@example.org", id="e2")
    rig.work()

    assert rig.event("123")["status"] == "failed"
    assert rig.event("123")["reason"] == "an error in the bridge itself: ZeroDivisionError"
    assert rig.event("e2")["status"] == "delivered"


def _stumble_later() -> Callable[[object], str]:
    """An address that can be made once, for the mapping, and not again."""
    made: list[str] = []

    def url(_: object) -> str:
        if made:
            raise ZeroDivisionError
        made.append("https://graph.facebook.com/123")
        return made[0]

    return url


def test_it_asks_nothing_about_an_event_that_is_ignored_anyway(begin: Begin) -> None:
    rig, api = begin()
    change = {"subscriptionType": "contact.propertyChange", "objectId": 5, "propertyName": "favourite_colour"}

    receive(rig, "crm", [{**change, "eventId": 1, "occurredAt": 1772452800000}])
    rig.work()

    assert api.asked == []
    assert set(rig.statuses().values()) == {"ignored"}


def test_a_forecast_asks_nobody_and_says_that_it_cannot_tell(begin: Begin) -> None:
    rig, api = begin(FOUND)
    lead(rig)
    rig.store.received.map(rig.bridge.map, rig.clock())

    (kept,) = rig.store.archive.selected(Filter())
    found = forecast(rig.store.archive, Rehearsals(rig.bridge), kept)

    assert (found.changes, found.rehearsed.fetches_first, found.rehearsed.requests) == (None, True, ())
    assert api.asked == []


def test_a_paused_source_fetches_nobody_until_it_goes_on(begin: Begin) -> None:
    rig, api = begin(FOUND)
    rig.store.pauses.pause(PauseKind.SOURCE, "leads", rig.clock())
    lead(rig)
    rig.work()
    assert api.asked == []

    rig.store.pauses.resume(PauseKind.SOURCE, "leads")
    rig.work()

    assert len(api.asked) == 1
    assert len(rig.contacts()) == 1

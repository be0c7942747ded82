"""What goes wrong around a fetch: bugs, answers that come too late, and questions that need not be asked."""

from collections.abc import Callable
from dataclasses import replace

from delivery_kit import KEY, wait_for
from fetching_kit import FOUND, TOKEN, Begin, lead, receive

from app.providers import Fetch
from app.store import Attempt, Fetched


def test_whoever_answers_after_the_lease_changes_nothing_any_more(begin: Begin) -> None:
    rig, _ = begin(FOUND)

    lead(rig)
    rig.store.received.map(rig.bridge.map, rig.clock())
    (slow,) = rig.store.fetches.take(rig.clock(), 10, ["main"])
    rig.later(minutes=6)
    rig.store.fetches.settle(Fetched(slow, Attempt(rig.clock(), 0, "permanent", "too late"), reason="too late"))

    assert rig.event("123")["status"] == "delivered"
    assert "permanent" in [attempt["outcome"] for attempt in rig.attempts("123")]


def test_it_shows_the_sender_its_token_and_never_the_key_of_the_org(begin: Begin) -> None:
    rig, api = begin(FOUND)

    lead(rig)
    rig.work()

    (asked,) = api.asked
    assert asked.startswith("GET /graph.facebook.com/123?fields=")
    assert f"Authorization: Bearer {TOKEN}" in asked
    assert KEY not in asked
    assert TOKEN not in str(rig.attempts("123"))


def test_it_asks_again_when_no_answer_comes(begin: Begin) -> None:
    rig, api = begin()
    api.close()

    lead(rig)
    rig.work()

    assert rig.event("123")["status"] == "pending"
    assert rig.event("123")["reason"] == "cannot reach the sender's API: connection refused"


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


def test_an_api_that_hangs_leaves_threads_for_deliveries(begin: Begin) -> None:
    rig, api = begin(*[b"HTTP/1.1 200 OK"] * 9)
    rig.delivery._most, rig.delivery._fetchers = 4, 2
    for number in range(9):
        lead(rig, str(number))
    rig.delivery.work()

    rig.add(email="ada@example.com")
    wait_for(lambda: not rig.delivery.work() and rig.contacts())
    asked = list(api.asked)
    api.close()

    assert len(asked) == 2
    wait_for(lambda: not rig.delivery._in_flight)


def test_whoever_was_fetched_makes_room_for_the_next(begin: Begin) -> None:
    rig, _ = begin(*[FOUND] * 9)
    rig.delivery._fetchers = 2
    for number in range(9):
        lead(rig, str(number))

    rig.work()

    assert set(rig.statuses().values()) == {"delivered"}

"""Why an event waits, in words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from delivery_kit import START, Rig, config
from delivery_wire import answer
from fetching_kit import Begin, lead

from app.config import Config
from app.holds import FAILURES_TO_HOLD
from app.sandbox import Fault
from app.store import Filter, PauseKind, RateLimit
from app.store.rate import GRACE, WINDOW
from app.waiting import Waiting

NOBODY = "no delivery process is running: start `contact-bridge serve` (or `deliver`)"
OUTAGE = Fault("error", status=503)


def why(rig: Rig, event_id: str, settings: Config | None = None) -> str | None:
    waiting = Waiting(settings or rig.bridge.config, rig.store, rig.clock())
    said: str | None = waiting.told(rig.event(event_id))["waits_because"]
    return said


def mapped(rig: Rig, source: str = "form", **payload: str) -> str:
    """Let an event come to where it waits to be delivered, beside a delivery process that lives."""
    rig.delivery._presence.tend()
    event_id = rig.add(source, **payload)
    rig.store.received.map(rig.bridge.map, rig.clock())
    return event_id


def test_what_is_settled_or_due_waits_for_nothing(every_rig: Rig) -> None:
    due = mapped(every_rig, email="ada@example.com")
    assert why(every_rig, due) is None

    every_rig.work()

    assert every_rig.event(due)["status"] == "delivered"
    assert why(every_rig, due) is None


def test_without_a_delivery_process_whatever_came_waits_for_one(every_rig: Rig) -> None:
    received = every_rig.add(email="ada@example.com")
    assert why(every_rig, received) == NOBODY

    every_rig.store.received.map(every_rig.bridge.map, every_rig.clock())

    assert why(every_rig, received) == NOBODY
    every_rig.work()
    assert why(every_rig, received) is None


@pytest.mark.parametrize("kind", ["org", "source"])
def test_it_names_what_is_paused(every_rig: Rig, kind: str) -> None:
    name = {"org": "main", "source": "form"}[kind]
    event_id = mapped(every_rig, email="ada@example.com")
    other = mapped(every_rig, "branch", email="bo@example.com")

    every_rig.store.pauses.pause(PauseKind(kind), name, every_rig.clock())

    assert why(every_rig, event_id) == f"the {kind} {name} is paused"
    assert why(every_rig, other) is None


def test_it_names_an_org_that_is_not_configured(every_rig: Rig) -> None:
    event_id = mapped(every_rig, "branch", email="ada@example.com")
    settings = every_rig.bridge.config

    assert why(every_rig, event_id, replace(settings, orgs={"main": settings.orgs["main"]})) == (
        "the org other is not configured"
    )


def test_all_that_holds_it_is_told(every_rig: Rig) -> None:
    event_id = mapped(every_rig, email="ada@example.com")
    every_rig.store.pauses.pause(PauseKind.ORG, "main", every_rig.clock())
    every_rig.store.pauses.pause(PauseKind.SOURCE, "form", every_rig.clock())

    assert why(every_rig, event_id) == "the org main is paused; the source form is paused"


def test_an_upstream_that_is_down_is_told_with_the_next_probe(every_rig: Rig) -> None:
    every_rig.sandbox.faults.add(OUTAGE)
    for number in range(FAILURES_TO_HOLD):
        every_rig.deliver(email=f"person{number}@example.com")

    event_id = mapped(every_rig, email="ada@example.com")
    said = why(every_rig, event_id)
    every_rig.clock.advance(seconds=5)

    assert said
    assert said.startswith("the upstream of main is down since 2026-03-01 12:00:00 UTC (")
    assert "503" in said
    assert said.endswith("; next try at 2026-03-01 12:00:05 UTC")
    assert str(why(every_rig, event_id)).endswith("; next try now")
    assert Waiting(every_rig.bridge.config, every_rig.store, START).held("main", "form") == said
    assert Waiting(every_rig.bridge.config, every_rig.store, START).held("other", "branch") is None


def test_a_refused_key_is_told(every_rig: Rig) -> None:
    every_rig.sandbox.faults.add(Fault("unauthorized"))
    event = every_rig.deliver(email="ada@example.com")

    assert str(why(every_rig, event["event_id"])).startswith("the API key of main is refused since 2026-03-01 12:00:00")


def test_a_429_holds_everybody(every_rig: Rig) -> None:
    every_rig.sandbox.faults.add(Fault("rate_limited", retry_after=30))
    every_rig.deliver(email="ada@example.com")

    said = str(why(every_rig, mapped(every_rig, "branch", email="bo@example.com")))

    assert said.startswith("the upstream told everybody to wait since")
    assert said.endswith("next try at 2026-03-01 12:00:30 UTC")


def test_the_next_try_is_told_with_the_tries_so_far(every_rig: Rig) -> None:
    every_rig.sandbox.faults.add(OUTAGE)
    event = every_rig.deliver(email="ada@example.com")
    due = f"{event['due_at']:%H:%M:%S} UTC"
    once = why(every_rig, event["event_id"])
    every_rig.clock.time = event["due_at"] + timedelta(seconds=1)
    every_rig.work()

    assert once == f"tried once; next try at 2026-03-01 {due}"
    assert str(why(every_rig, event["event_id"])).startswith("tried 2 times; next try at")


def test_a_busy_person_is_told_from_one_who_rests(every_rig: Rig) -> None:
    first, second = mapped(every_rig, email="ada@example.com"), mapped(every_rig, email="ada@example.com")
    every_rig.store.claims.claim(every_rig.clock(), 1, ["main"])
    assert {why(every_rig, first), why(every_rig, second)} == {
        "an event of this person is being delivered at this moment"
    }

    with every_rig.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE persons SET uncertain = (1 = 1)")

    assert str(why(every_rig, second)).startswith("nobody knows whether a request about this person was carried out")


def test_who_rests_after_an_unknown_outcome_is_told(every_rig: Rig) -> None:
    every_rig.sandbox.faults.add(Fault("drop", times=1))

    first = every_rig.deliver(email="ada@example.com")
    second = mapped(every_rig, email="ada@example.com")

    assert str(why(every_rig, first["event_id"])).startswith("tried once; next try at")
    assert str(why(every_rig, second)).endswith("it is waited for, then they are looked up")


def test_a_rate_limit_that_is_used_up_is_told(every_rig: Rig) -> None:
    event_id = mapped(every_rig, email="ada@example.com")
    RateLimit(every_rig.store.database, 500).take(500, every_rig.clock())
    said = why(every_rig, event_id)
    every_rig.clock.advance(seconds=(WINDOW + GRACE).total_seconds())

    more = f"{START + WINDOW + GRACE:%Y-%m-%d %H:%M:%S} UTC"
    assert said == f"the rate limit (500 requests a minute) is used up; more at {more}"
    assert why(every_rig, event_id) is None


def test_whoever_is_asked_of_the_sender_first_is_not_held_by_the_upstream(begin: Begin) -> None:
    rig, _ = begin(answer(b"{}", status="500 Internal Server Error"))
    rig.sandbox.faults.add(Fault("unauthorized"))
    rig.deliver(email="ada@example.com")
    lead(rig)
    rig.work()

    event = next(each for each in rig.statuses() if rig.event(each)["source"] == "leads")

    assert rig.event(event)["status"] == "pending"
    assert str(why(rig, event)).startswith("tried once; next try at")


def test_what_is_only_for_these_words_stays_inside(every_rig: Rig) -> None:
    event_id = every_rig.add(email="ada@example.com")

    told = Waiting(config(every_rig.sandbox.url), every_rig.store, START).told(every_rig.event(event_id))

    assert {"busy", "uncertain"}.isdisjoint(told)


def test_it_says_that_a_sender_is_being_asked(begin: Begin) -> None:
    rig, _ = begin()
    rig.delivery._presence.tend()
    lead(rig)
    rig.store.received.map(rig.bridge.map, rig.clock())
    (event,) = rig.store.log.events(Filter())

    rig.store.fetches.take(rig.clock(), 9, ["main"])

    assert why(rig, event["event_id"]) == (
        "its sender is being asked who this is; if no answer comes, again at 2026-03-01 12:05:00 UTC"
    )

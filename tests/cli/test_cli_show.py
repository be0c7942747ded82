"""``show``: what was decided about an event is there to be read."""

from datetime import UTC, datetime
from pathlib import Path

from cli_events import arrive, lead, settle
from cli_run import Run

from app.contact import Contact, Meaning
from app.mapping import Mapped
from app.store import Arrival, Store
from app.webhook import Event, EventStatus

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_it_shows_that_an_event_names_two_known_persons(configured: Path, run: Run) -> None:
    contacts = {
        "e1": Contact(email="ana@example.com"),
        "e2": Contact(phone="+14155550100"),
        "e3": Contact(email="ana@example.com", phone="+14155550100"),
    }
    store = Store("sqlite:///var/bridge.db")
    store.migrate()
    events = [Event("landing", event_id, "signup", NOW, b"{}") for event_id in contacts]
    store.inbox.add(Arrival(NOW, [(event, EventStatus.RECEIVED, None) for event in events]))
    store.received.map(
        lambda event: ("main", Mapped(EventStatus.PENDING, "", contacts[event.event_id], Meaning.SIGNED_UP)), NOW
    )
    store.close()

    shown, plain = run("show", "e3"), run("show", "e1")

    words = "names two known persons: taken as person 1 by email; its phone belongs to person 2"
    assert words in " ".join(shown.output.replace("│", " ").split())
    assert "two known persons" not in plain.output


def test_it_tells_attempts_since_a_replay_from_those_before(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    settle(configured, EventStatus.FAILED)
    before = run("show", "e1").stdout
    run("replay", "e1")
    arrive(configured)
    settle(configured, EventStatus.FAILED)

    after = run("show", "e1").stdout

    assert "attempts since the replay" not in before
    assert "attempts since the replay" in after
    assert "Attempts, also those before the replay" in after
    assert "What was sent and answered is in --json" in after


def test_an_event_that_was_never_tried_says_so_in_place_of_a_table(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))

    waits = run("show", "e1").stdout
    run("ignore", "e1")
    ignored = run("show", "e1").stdout

    assert waits.endswith("No attempt was made to deliver it yet\n")
    assert ignored.endswith("No attempt was made to deliver it\n")

"""``check`` and what waits in the database for what is not configured any more."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_run import Run

from app.contact import Contact, Meaning
from app.mapping import Mapped
from app.store import Arrival, Store
from app.webhook import Event, EventStatus

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def keep(store: Store, *events: Event) -> None:
    store.inbox.add(Arrival(NOW, [(event, EventStatus.RECEIVED, None) for event in events]))


def test_check_makes_no_database(configured: Path, run: Run) -> None:
    assert run("check").exit_code == 0

    assert [path.name for path in configured.iterdir()] == ["bridge.toml"]


def test_check_warns_of_events_that_wait_for_what_is_not_configured(configured: Path, run: Run) -> None:
    store = Store("sqlite:///var/bridge.db")
    store.migrate()
    waiting = [Event("landing", name, "signup", NOW, b"{}") for name in ("e1", "e2")]
    contact = Contact(email="ana@example.com")
    keep(store, *waiting)
    store.received.map(lambda _: ("branch", Mapped(EventStatus.PENDING, "", contact, Meaning.SIGNED_UP)), NOW)
    keep(store, replace(waiting[0], source="gone"))
    store.close()

    checked = run("check")

    assert checked.exit_code == 0
    assert checked.stderr.splitlines() == [
        "warning: the org branch is not configured; 2 of its events wait until it is",
        "warning: the source gone is not configured; 1 of its events will fail, and can be replayed when it is",
    ]


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:///bridge.toml"])
def test_check_of_a_good_file_needs_no_database(
    configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    checked = run("check")

    assert (checked.exit_code, checked.stderr) == (0, "")


def test_check_says_that_everybody_is_looked_up_first_until_that_is_over(
    configured: Path, run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    store = Store(database_url)
    store.migrate()
    contact = Contact(email="ana@example.com")
    keep(store, Event("landing", "e1", "signup", NOW, b"{}"))
    store.received.map(lambda _: ("main", Mapped(EventStatus.PENDING, "", contact, Meaning.SIGNED_UP)), NOW)
    store.close()
    before = run("check")

    run("restored")
    during = run("check")
    run("restored", "--over")
    after = run("check")

    assert (before.stderr, after.stderr) == ("", "")
    assert during.exit_code == 0
    assert during.stderr.startswith("warning: this database came from a backup, or lost a key (20")
    assert "(1 known person still to be), and so is whoever is new until you say `contact-bridge restored --over`" in (
        during.stderr
    )

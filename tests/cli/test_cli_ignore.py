"""``ignore``: which events it takes, and what it says."""

import getpass
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_events import NOW, arrive, change, lead, opened, settle
from cli_run import Run

from app.store import Filter
from app.webhook import EventStatus


@pytest.fixture
def stocked(configured: Path, database_url: str) -> Path:
    """On each database: e1 was delivered, e2 failed, e3 failed an hour later, e4 waits."""
    change(configured, "[orgs.main]", f'[server]\ndatabase_url = "{database_url}"\n[orgs.main]')
    arrive(configured, lead("e1"))
    settle(configured)
    for hour, event_id in enumerate(("e2", "e3")):
        arrive(configured, lead(event_id), now=NOW + timedelta(hours=hour))
        settle(configured, EventStatus.FAILED, NOW + timedelta(hours=hour))
    arrive(configured, lead("e4"))
    return configured


def found(folder: Path) -> dict[str, dict[str, Any]]:
    with opened(folder) as store:
        return {event["event_id"]: event for event in store.log.events(Filter())}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("e2",), ["e2"]),
        (("e2", "e4"), ["e2", "e4"]),
        (("--source", "landing"), ["e2", "e3"]),
        (("--status", "failed"), ["e2", "e3"]),
        (("--status", "pending"), ["e4"]),
        (("--source", "shop"), []),
        (("--person", "e3@example.com"), ["e3"]),
        (("--since", "2026-03-01T12:30Z"), ["e3"]),
        (("--status", "failed", "--until", "2026-03-01T12:30Z"), ["e2"]),
    ],
)
def test_each_condition_selects_what_failed(
    stocked: Path, run: Run, arguments: tuple[str, ...], expected: list[str]
) -> None:
    done = run("ignore", *arguments, "--json")

    assert done.exit_code == 0
    assert [each["event_id"] for each in json.loads(done.stdout)] == expected
    assert sorted(name for name, event in found(stocked).items() if event["status"] == "ignored") == expected


def test_it_is_told_who_did_it_and_why(stocked: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "grace")

    done = run("ignore", "e2", "--reason", "an order of\n our own tests")
    shown = json.loads(run("show", "e2", "--json").stdout)

    assert done.stdout == "1 event ignored; `contact-bridge replay` with their ids brings them back\n"
    assert (shown["status"], shown["reason"]) == ("ignored", "by hand: an order of our own tests")
    assert shown["notes"][-1].startswith("ignored by grace at 20")
    assert shown["notes"][-1].endswith("; it was failed (for a test)")


def test_without_a_reason_it_was_done_by_hand(stocked: Path, run: Run) -> None:
    run("ignore", "e2")

    assert found(stocked)["e2"]["reason"] == "by hand"


def test_a_replay_brings_it_back(stocked: Path, run: Run) -> None:
    run("ignore", "e2")

    run("replay", "e2")

    assert found(stocked)["e2"]["status"] == "received"


def test_what_was_delivered_stays_so(stocked: Path, run: Run) -> None:
    named = run("ignore", "e1", "e2")

    assert named.exit_code == 1
    assert named.stderr == "1 event left alone: delivered or ignored already\n"
    assert {name: found(stocked)[name]["status"] for name in ("e1", "e2")} == {"e1": "delivered", "e2": "ignored"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--status failed"),
        (("--reason", "all of them"), "name the events"),
        (("--status", "delivered"), "what is delivered is done already"),
        (("e1", "--status", "ignored"), "what is ignored is done already"),
        (("e9",), "there is no event 'e9'"),
    ],
)
def test_wrong_usage_is_told_in_words(stocked: Path, run: Run, arguments: tuple[str, ...], words: str) -> None:
    refused = run("ignore", *arguments)

    assert refused.exit_code == 2
    assert words in refused.stderr
    assert [event["status"] for event in found(stocked).values()].count("ignored") == 0


def test_a_user_without_a_name_is_told_by_number(configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(configured, lead("e1"))

    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr(getpass, "getuser", nameless)
    run("ignore", "e1")

    assert found(configured)["e1"]["notes"][0].startswith("ignored by user ")


def test_what_is_delivered_is_not_told_to_come_back(stocked: Path, run: Run) -> None:
    assert run("ignore", "e1").stdout == "0 events ignored\n"

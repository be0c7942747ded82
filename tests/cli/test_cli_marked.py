"""What `ignore` marked as done: commands that go by conditions leave it alone and count it."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_events import arrive, change, lead, opened, settle
from cli_run import Run

from app.store import Filter
from app.webhook import EventStatus

LEFT = "1 event left alone: marked as done; --status ignored or their ids bring them back\n"


@pytest.fixture
def marked(configured: Path, database_url: str, run: Run) -> Path:
    """On each database: e1 failed and was ignored by hand, e2 failed."""
    change(configured, "[orgs.main]", f'[server]\ndatabase_url = "{database_url}"\n[orgs.main]')
    arrive(configured, lead("e1", nick="Al"), lead("e2"))
    settle(configured, EventStatus.FAILED)
    run("ignore", "e1")
    return configured


def dry_run(run: Run, *arguments: str) -> Any:
    return json.loads(run("replay", *arguments, "--dry-run", "--json").stdout)["summary"]


@pytest.mark.parametrize("arguments", [("--source", "landing"), ("--since", "2026-01-01"), ("--until", "2027-01-01")])
def test_a_replay_by_conditions_leaves_it_alone(marked: Path, run: Run, arguments: tuple[str, ...]) -> None:
    rehearsed = dry_run(run, *arguments)

    done = run("replay", *arguments, "--json")

    assert [each["event_id"] for each in json.loads(done.stdout)] == ["e2"]
    assert (done.exit_code, LEFT in done.stderr) == (0, True)
    assert (rehearsed["selected"], rehearsed["marked_as_done"]) == (2, 1)


@pytest.mark.parametrize("arguments", [("e1",), ("--status", "ignored")])
def test_a_replay_that_means_it_expressly_brings_it_back(marked: Path, run: Run, arguments: tuple[str, ...]) -> None:
    rehearsed = dry_run(run, *arguments)

    done = run("replay", *arguments, "--json")

    assert [each["event_id"] for each in json.loads(done.stdout)] == ["e1"]
    assert (rehearsed["selected"], rehearsed["marked_as_done"]) == (1, 0)


def test_what_the_mapping_ignores_is_replayed_by_conditions(configured: Path, run: Run) -> None:
    change(configured, 'event_type = "type"', 'event_type = "type"\nconsent = "require"')
    arrive(configured, lead("e1"))

    run("replay", "--source", "landing")

    with opened(configured) as store:
        assert [event["status"] for event in store.log.events(Filter())] == ["received"]


def test_a_dry_run_says_so_in_words(marked: Path, run: Run) -> None:
    done = run("replay", "--source", "landing", "--dry-run")

    assert "1 would be left alone: marked as done; --status ignored or their ids would bring them back" in done.stdout


def test_check_against_does_not_compare_it_and_counts_it(marked: Path, run: Run) -> None:
    change(marked, 'event_type = "type"', 'event_type = "type"\n')

    said, plain = run("check", "--against", "1"), json.loads(run("check", "--against", "1", "--json").stdout)

    assert (said.exit_code, "1 skipped: marked as done" in said.stdout) == (0, False)  # e2 is the last that counts
    assert plain["summary"]["landing"]["same"] == 1
    said, plain = run("check", "--against", "5"), json.loads(run("check", "--against", "5", "--json").stdout)
    assert (said.exit_code, "1 skipped: marked as done" in said.stdout) == (0, True)
    assert plain["marked_as_done"] == 1


def test_what_is_marked_is_none_of_those_that_check_against_counts(marked: Path, run: Run) -> None:
    run("ignore", "e2")
    arrive(marked, {"id": "e0", "type": "lead"})
    run("ignore", "e0")

    checked = run("check", "--against", "2")

    assert checked.exit_code == 0
    assert "3 skipped: marked as done" in checked.stdout

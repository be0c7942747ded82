"""A source or a status that is misspelt: the nearest name is told, and nothing is done."""

import json
from pathlib import Path

import pytest
from cli_events import arrive, change, everything, lead, settle
from cli_run import Run

from app.webhook import EventStatus

CHECKED = "bridge.toml is fine: 1 org, 2 sources"
COMMANDS = [
    ("events",),
    ("show", "e1"),
    ("replay",),
    ("replay", "--dry-run"),
    ("replay", "e1"),
    ("ignore",),
    ("pause",),
    ("resume",),
    ("check", "--against", "10"),
]


@pytest.fixture
def stocked(configured: Path, database_url: str) -> Path:
    change(configured, "[orgs.main]", f'[server]\ndatabase_url = "{database_url}"\n[orgs.main]')
    arrive(configured, lead("e1"))
    settle(configured, EventStatus.FAILED)
    return configured


@pytest.mark.parametrize("command", COMMANDS)
def test_a_misspelt_source_is_told_with_the_nearest(stocked: Path, run: Run, command: tuple[str, ...]) -> None:
    before = everything(stocked)

    refused = run(*command, "--source", "lnading")

    assert (refused.exit_code, refused.stdout.partition("\n")[0]) in [(2, ""), (2, CHECKED)]
    assert "there is no source 'lnading'; did you mean landing?" in refused.stderr
    assert everything(stocked) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_source_that_is_like_none_is_told_with_those_there_are(
    stocked: Path, run: Run, command: tuple[str, ...]
) -> None:
    refused = run(*command, "--source", "xyz")

    assert refused.exit_code == 2
    assert "there is no source 'xyz'; there are: import, landing, shop" in refused.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_source_that_is_configured_no_more_is_known_by_its_events(
    stocked: Path, run: Run, command: tuple[str, ...]
) -> None:
    change(stocked, "sources.landing", "sources.newer")

    done = run(*command, "--source", "landing")

    differs = command[0] == "check"  # what was a contact would fail now
    assert done.exit_code == (1 if differs else 0), done.stderr


def test_a_configured_source_needs_no_event(stocked: Path, run: Run) -> None:
    assert json.loads(run("events", "--source", "shop", "--json").stdout) == []


@pytest.mark.parametrize("command", ["events", "replay", "ignore"])
def test_a_misspelt_status_is_told_with_the_nearest(stocked: Path, run: Run, command: str) -> None:
    near, far = run(command, "--status", "faild"), run(command, "--status", "xyz")

    assert (near.exit_code, far.exit_code) == (2, 2)
    assert "there is no status 'faild'; did you mean failed?" in near.stderr
    assert "there are: delivered, failed, ignored, pending, received" in far.stderr

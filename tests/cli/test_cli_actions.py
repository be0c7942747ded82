"""What is done at the command line is written down, with who did it, and without whom it was about."""

from pathlib import Path
from typing import Any

import pytest
from cli_events import arrive, lead, opened, settle
from cli_run import Run

from app.webhook import EventStatus


@pytest.fixture
def stocked(configured: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three events that failed, and Grace at the keyboard."""
    monkeypatch.setenv("LOGNAME", "grace")
    arrive(configured, lead("e1"), lead("e2"), lead("e3", "zoe@example.com"))
    settle(configured, EventStatus.FAILED)
    return configured


def actions(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    with opened(folder) as store:
        return [(each.who, each.what, dict(each.details)) for each in store.actions.newest()[::-1]]


@pytest.mark.parametrize(
    ("command", "details"),
    [
        (("replay", "e1"), {"event_ids": ["e1"], "events": 1, "left_alone": 0}),
        (("replay", "--status", "failed"), {"status": "failed", "events": 3, "left_alone": 0}),
        (("replay", "--person", "zoe@example.com"), {"person": "one", "events": 1, "left_alone": 0}),
        (("ignore", "e1", "e2", "--reason", "a test"), {"event_ids": ["e1", "e2"], "events": 2, "left_alone": 0}),
        (("pause", "main"), {"org": "main"}),
        (("pause", "--source", "shop"), {"source": "shop"}),
        (("erase", "zoe@example.com", "--yes"), {"receipt": 1}),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_it_is_written_down(stocked: Path, run: Run, command: tuple[str, ...], details: dict[str, Any]) -> None:
    run(*command)

    assert actions(stocked) == [("cli: grace", command[0], details)]


def test_a_resume_is_written_down_where_something_was_paused(stocked: Path, run: Run) -> None:
    for _ in range(2):
        run("pause", "main")
    for _ in range(2):
        run("resume", "main")

    assert [what for _, what, _ in actions(stocked)] == ["pause", "resume"]


@pytest.mark.parametrize(
    "command", [("replay", "--status", "failed", "--dry-run"), ("erase", "zoe@example.com"), ("pause",), ("events",)]
)
def test_what_changes_nothing_is_not(stocked: Path, run: Run, command: tuple[str, ...]) -> None:
    run(*command)

    assert actions(stocked) == []

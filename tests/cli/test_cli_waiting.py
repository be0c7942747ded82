"""``events`` and ``show`` say why an event waits."""

import json
import re
from pathlib import Path

import pytest
from cli_events import arrive, lead, settle
from cli_run import Run

WORDS = "the source landing is paused; no delivery process is running"


@pytest.fixture
def waiting(configured: Path, run: Run) -> Path:
    arrive(configured, lead("e0"))
    settle(configured)
    arrive(configured, lead("e1"))
    run("pause", "--source", "landing")
    return configured


def text(output: str) -> str:
    return " ".join(re.sub("[│┃]", " ", output).split())


def test_events_tells_it_of_each_that_waits(waiting: Path, run: Run) -> None:
    listed, plain = run("events", "--status", "pending"), run("events", "--status", "delivered")

    assert "waits: the source landing is paused; no delivery" in text(listed.stdout)
    assert "waits" not in plain.stdout


def test_show_tells_it(waiting: Path, run: Run) -> None:
    assert f"waits because {WORDS}" in text(run("show", "e1").stdout)
    assert "waits because" not in text(run("show", "e0").stdout)


def test_it_is_in_the_json(waiting: Path, run: Run) -> None:
    listed = json.loads(run("events", "--json").stdout)
    shown = json.loads(run("show", "e1", "--json").stdout)

    assert [(each["event_id"], (each["waits_because"] or "").startswith(WORDS)) for each in listed] == [
        ("e1", True), ("e0", False),
    ]  # fmt: skip
    assert shown["waits_because"] == listed[0]["waits_because"]
    assert "busy" not in shown

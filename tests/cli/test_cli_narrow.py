"""What is listed in a terminal of 80 columns: whole names, and how much there is beside what is shown."""

from pathlib import Path

import pytest
from cli_events import pile
from cli_run import Run

from app.cli.common import table


def test_events_say_how_many_there_are_beside_those_that_are_shown(configured: Path, run: Run) -> None:
    pile(configured, 7)

    some, all_of_them = run("events", "--limit", "5"), run("events", "--limit", "7")
    of_source, plain = run("events", "--limit", "5", "--source", "shop"), run("events", "--limit", "5", "--json")

    assert some.stderr == "5 of 7; --limit shows more\n"
    assert (all_of_them.stderr, of_source.stderr, plain.stderr) == ("", "", "")


@pytest.mark.parametrize("name", ["landing", "newsletter-sign-up"])
def test_the_summary_of_check_breaks_no_name(configured: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    outcomes = ["same", "changed", "now a contact", "now ignored", "now failed", "not mapped yet"]

    table("", ["source", *outcomes], [(name, 1, 22, 333, 4444, 55555, 6)], "source")

    shown = capsys.readouterr().out
    assert name in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert [word for word in " ".join(outcomes).split() if word not in shown] == []
    assert "55555" in shown

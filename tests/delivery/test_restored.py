"""A delivery process on a database from a backup says so, and when it is over."""

import pytest
from delivery_kit import Rig

from app.store.gaps import mark_restored, unmark_restored

WORDS, OVER = "restored: everybody is looked up first", "restored no more"


def test_it_says_so_when_it_begins_and_no_more_often(every_rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    mark_restored(every_rig.store.database, every_rig.clock())

    for _ in range(3):
        every_rig.work()
        every_rig.clock.advance(minutes=2)

    lines = [line for line in capsys.readouterr().out.splitlines() if WORDS in line]
    assert len(lines) == 1
    assert "warning" in lines[0]
    assert "since=2026-03-01T12:00:00+00:00" in lines[0]
    assert "contact-bridge restored --over" in lines[0]


def test_it_says_when_it_is_over(every_rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    mark_restored(every_rig.store.database, every_rig.clock())
    every_rig.work()
    unmark_restored(every_rig.store.database)

    every_rig.work()
    early = capsys.readouterr().out
    every_rig.later(minutes=1)
    every_rig.later(minutes=1)

    assert OVER not in early
    assert capsys.readouterr().out.count(OVER) == 1


def test_it_says_nothing_of_a_database_that_is_its_own(every_rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    every_rig.work()
    every_rig.later(minutes=1)

    assert "restored" not in capsys.readouterr().out

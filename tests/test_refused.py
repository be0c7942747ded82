"""Keeping refused webhooks beside the acks: soon, few at a time, and at no cost to whoever is answered."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.refused import Refused
from app.store import Store

PATIENCE = 10


@pytest.fixture
def local(sqlite_url: str) -> Iterator[Store]:
    with closing(Store(sqlite_url)) as opened:
        opened.migrate()
        yield opened


class Paused:
    """A pause that lasts until the test lets it end."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, _seconds: float) -> bool:
        self.begun.release()
        return self.over.acquire(timeout=PATIENCE)

    def wait(self) -> None:
        """Until something was written, and the writer rests."""
        assert self.begun.acquire(timeout=PATIENCE)


def test_it_is_written_at_once_and_what_comes_then_a_little_later(local: Store, clock) -> None:
    pause = Paused()
    refused = Refused(local, clock, pause)

    refused.note("shop", "wrong secret", "one")
    pause.wait()
    refused.note("shop", "wrong secret", "two")
    before = [each.hint for each in local.refusals.newest()]
    pause.over.release(2)
    refused.close()

    assert before == ["one"]
    assert [(each.hint, each.refused_at) for each in local.refusals.newest()] == [("two", clock()), ("one", clock())]


def test_a_flood_is_kept_in_part_and_leaves_room_for_others(local: Store, clock) -> None:
    pause = Paused()
    refused = Refused(local, clock, pause)
    refused.note("shop", "wrong secret", "")
    pause.wait()

    kept = sum(refused.note("shop", "wrong secret", "") for _ in range(10_000))
    other = refused.note("landing", "header missing", "")
    pause.over.release(2)
    refused.close()

    assert kept < 10
    assert other
    assert len(local.refusals.newest()) == 1 + kept + 1


def test_it_begins_again_when_it_had_nothing_to_do(local: Store, clock) -> None:
    pause = Paused()
    refused = Refused(local, clock, pause)

    for number in (1, 2):
        refused.note("shop", "wrong secret", f"number {number}")
        pause.wait()
        writer = refused._writer
        assert writer
        pause.over.release()
        writer.join(PATIENCE)

    assert [each.hint for each in local.refusals.newest()] == ["number 2", "number 1"]
    assert refused._writer is None


def test_a_database_that_is_away_disturbs_nobody(tmp_path: Path, clock) -> None:
    (tmp_path / "bridge.db").mkdir()
    with closing(Store(f"sqlite:///{tmp_path / 'bridge.db'}")) as away:
        refused = Refused(away, clock)

        assert refused.note("shop", "wrong secret", "")

        refused.close()


def test_a_database_that_comes_back_without_its_tables_gets_them(sqlite_url: str, clock) -> None:
    with closing(Store(sqlite_url)) as new:
        refused = Refused(new, clock)

        refused.note("shop", "wrong secret", "")
        refused.close()

        assert len(new.refusals.newest()) == 1


def test_after_the_end_nothing_is_taken(local: Store, clock) -> None:
    refused = Refused(local, clock)
    refused.close()

    assert not refused.note("shop", "wrong secret", "")

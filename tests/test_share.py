"""A small part of the time, and no more."""

import pytest

from app.share import Share


class Times:
    """A clock, and the processor time of work that takes three seconds."""

    now = spent = 0.0

    def work(self) -> str:
        self.now += 3
        self.spent += 3
        return "done"


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def share(times: Times) -> Share:
    return Share(0.05, 4.0, lambda: times.now, lambda: times.spent)


def test_it_does_what_was_saved_for(share: Share, times: Times) -> None:
    assert [share.spend(times.work), share.spend(times.work)] == ["done", "done"]
    assert share.spend(times.work) is None


def test_it_takes_its_part_of_the_time_however_often_it_is_asked(share: Share, times: Times) -> None:
    while times.now < 10_000:
        share.spend(times.work)
        times.now += 0.5

    assert times.spent / times.now == pytest.approx(0.05, abs=0.002)


def test_it_saves_no_more_than_it_may(share: Share, times: Times) -> None:
    times.now = 100_000

    assert [share.spend(times.work) for _ in range(3)] == ["done", "done", None]


def test_what_fails_has_been_spent_too(share: Share, times: Times) -> None:
    def fail() -> None:
        times.work()
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            share.spend(fail)

    assert share.spend(times.work) is None

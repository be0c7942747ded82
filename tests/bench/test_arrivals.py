import pytest

from tests.bench.arrivals import most_in_a_window, rate, used


def test_it_counts_the_most_that_arrived_in_any_minute() -> None:
    assert most_in_a_window([0, 1, 2, 59.9, 60, 61, 62]) == 4
    assert most_in_a_window([0, 60, 120]) == 1
    assert most_in_a_window([7]) == 1


def test_it_finds_a_burst_that_straddles_two_minutes() -> None:
    assert most_in_a_window([0, *(59 + n / 10 for n in range(20)), 130]) == 20


def test_a_limit_is_used_up_when_it_arrives_again_after_a_minute() -> None:
    arrived = [minute * 60 + n / 100 for minute in range(3) for n in range(10)]

    assert used(arrived, 10, 999.0) == pytest.approx(1.0)


def test_a_limit_is_used_less_when_the_next_minute_comes_late() -> None:
    arrived = [minute * 61 + n / 100 for minute in range(3) for n in range(10)]

    assert used(arrived, 10, 999.0) == pytest.approx(60 / 61)


def test_a_limit_that_was_never_used_up_counts_by_the_time_that_there_was() -> None:
    assert used([0, 1, 2, 3, 4], 10, 60.0) == pytest.approx(0.5)


def test_the_rate_leaves_out_the_first_tenth() -> None:
    slow_start = [0.0, *(10 + n / 10 for n in range(11))]

    assert rate(slow_start) == pytest.approx(10.0)

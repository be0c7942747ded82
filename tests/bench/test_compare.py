from pathlib import Path
from typing import Any

import pytest

from tests.bench import baseline, report
from tests.bench.compare import confirmed, text
from tests.bench.figures import Figure, Found
from tests.bench.slowdowns import Compared, compared

RATE = Figure("acks of the ceiling", [0.5, 0.5, 0.5], portable="ratio")
P99 = Figure("p99", [1.0, 1.0, 1.0], better="less", portable="ratio")
CPU = Figure("processor time", [2.0, 2.0, 2.0], "ms", better="less", portable="cpu")


def document(*figures: Figure, size: str = "full", speed_ms: float = 10.0, section: str = "acks") -> dict[str, Any]:
    return {"size": size, "sections": {section: {"speed_ms": speed_ms, **report.section(Found(figures, ["details"]))}}}


def steadily(figure: Figure, sample: float) -> Figure:
    return again(figure, sample, sample, sample)


def again(figure: Figure, *samples: float) -> Figure:
    return Figure(figure.name, samples, figure.unit, figure.better, portable=figure.portable)


def one(now: dict[str, Any], before: dict[str, Any]) -> Compared:
    [found] = compared(now, before)
    return found


@pytest.mark.parametrize(("sample", "slower"), [(0.6, False), (0.5, False), (0.44, False), (0.43, True)])
def test_a_rate_is_slower_when_it_sank_by_more_than_15_percent(sample: float, *, slower: bool) -> None:
    assert one(document(steadily(RATE, sample)), document(RATE)).slower is slower


@pytest.mark.parametrize(("sample", "slower"), [(0.5, False), (1.14, False), (1.16, True)])
def test_a_latency_is_slower_when_it_rose_by_more_than_15_percent(sample: float, *, slower: bool) -> None:
    assert one(document(steadily(P99, sample)), document(P99)).slower is slower


def test_what_varies_widely_has_to_get_slower_by_more() -> None:
    wild = again(P99, 0.6, 1.0, 1.4)

    assert one(document(steadily(P99, 1.3)), document(wild)).slower is False
    assert one(document(steadily(P99, 2.0)), document(wild)).slower is True


def test_what_was_measured_once_has_to_get_slower_by_more() -> None:
    once = again(P99, 1.0)

    assert one(document(again(P99, 1.25)), document(once)).slower is False
    assert one(document(again(P99, 1.3)), document(once)).slower is True


def test_processor_time_is_compared_as_if_the_machines_were_as_fast() -> None:
    on_a_slow_machine = document(steadily(CPU, 4.0), speed_ms=20.0)

    assert one(on_a_slow_machine, document(CPU)).times == pytest.approx(1.0)
    assert one(document(steadily(CPU, 4.0)), document(CPU)).times == pytest.approx(2.0)


def test_absolute_numbers_and_what_is_new_are_not_compared() -> None:
    plain, new = Figure("a second", [1000.0]), again(Figure("new", [], portable="ratio"), 1.0)

    assert compared(document(plain, new), document(plain)) == []
    assert compared(document(RATE, section="limit"), document(RATE)) == []


def test_what_seemed_slower_counts_only_if_it_is_so_twice() -> None:
    first = compared(document(steadily(RATE, 0.4), steadily(P99, 1.5)), document(RATE, P99))
    second = compared(document(steadily(RATE, 0.4), steadily(P99, 1.0)), document(RATE, P99))

    assert [found.slower for found in confirmed(first, second)] == [True, False]


def test_it_shows_the_worst_first_and_how_sure_it_can_be() -> None:
    found = compared(document(steadily(P99, 1.1), steadily(RATE, 0.4), CPU), document(P99, RATE, CPU))

    head, worst, other, rest = text(found).splitlines()
    assert head.split() == ["before", "now", "times", "as", "slow", "allowed"]
    assert worst.split() == ["acks", "of", "the", "ceiling", "0.5", "0.4", "1.25", "1.15", "SLOWER"]
    assert other.split() == ["p99", "1", "1.1", "1.10", "1.15"]
    assert rest == "3 figures compared, 1 got slower; of 0 nobody can tell 15 % for noise"


def test_a_baseline_keeps_what_was_not_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    baseline.save(document(RATE), path)
    baseline.save(document(CPU, section="drain"), path)
    baseline.save(document(P99, size="quick"), path)
    baseline.save(document(steadily(RATE, 0.7)), path)

    full = baseline.load("full", path)
    assert {name: report.figures(full)[name][0].median for name in full["sections"]} == {"acks": 0.7, "drain": 2.0}
    assert report.figures(baseline.load("quick", path))["acks"] == [P99]


def test_a_section_that_failed_does_not_take_the_place_of_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    baseline.save(document(RATE), path)
    failed = document(RATE)
    failed["sections"]["acks"] = report.section(Found([], failed="TimeoutError()"))

    baseline.save(failed, path)

    assert report.figures(baseline.load("full", path))["acks"] == [RATE]


def test_it_says_how_to_make_the_baseline_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match='make bench ARGS="--quick --save-baseline"'):
        baseline.load("quick", tmp_path / "baseline.json")

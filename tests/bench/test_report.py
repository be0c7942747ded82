from typing import Any

import pytest

from tests.bench import report
from tests.bench.figures import Figure, Found, figure_from
from tests.bench.load import Result
from tests.bench.rounds import Rounds
from tests.bench.tables import load_table, p99s, rates, table


def result(rate: float, seconds: float = 0.01) -> Result:
    return Result([seconds] * int(rate), 1.0)


@pytest.fixture
def rounds() -> Rounds:
    return {
        ("ceiling", 16): [result(100), result(200, 0.02)],
        ("sqlite", 16): [result(50), result(120, 0.04)],
    }


def document(*figures: Figure, lines: tuple[str, ...] = ()) -> dict[str, Any]:
    machine = {"processor": "P", "cores": 2, "system": "Linux", "python": "3.11", "load_before": 0.1}
    sections = {"acks": report.section(Found(figures, lines))}
    return {"size": "quick", "machine": machine, "postgresql": "", "sections": sections}


def test_it_compares_round_by_round(rounds: Rounds) -> None:
    assert rates(rounds, "sqlite", "ceiling", 16) == [0.5, 0.6]
    assert p99s(rounds, "sqlite", "ceiling", 16) == [1.0, 2.0]


def test_a_table_shows_medians_beside_the_base(rounds: Rounds) -> None:
    head, ceiling, sqlite = load_table("acks", rounds, "ceiling")

    assert head.split()[0] == "acks"
    assert ceiling.split() == ["ceiling", "16", "150", "100", "to", "200", "15.0", "15.0"]
    assert sqlite.split() == ["sqlite", "16", "85", "50", "to", "120", "25.0", "25.0", "55", "%", "1.50"]


def test_a_failure_is_not_to_be_missed(rounds: Rounds) -> None:
    rounds["sqlite", 16][0].failures = 3

    assert "85 (3 FAILED)" in load_table("acks", rounds, "ceiling")[2]


def test_a_bar_is_judged_by_the_median_of_the_rounds() -> None:
    assert Figure("rate", [0.4, 0.5, 0.9], limit=0.5).met is True
    assert Figure("rate", [0.4, 0.4, 0.9], limit=0.5).met is False
    assert Figure("p99", [0.4, 0.4, 0.9], better="less", limit=0.5).met is True
    assert Figure("p99", [0.9], better="less", limit=0.5).met is False
    assert Figure("p99", [0.9]).met is None


def test_a_figure_outlives_being_written_down() -> None:
    figure = Figure("rate", [0.5, 0.25], "ms", better="less", bar="4", limit=0.5, portable="ratio")

    assert figure_from(figure.document()) == figure


def test_all_that_has_a_bar_is_in_one_table_with_a_verdict() -> None:
    figures = [
        Figure("just so", [1.0]),
        Figure("rate", [310.0, 290.0, 305.0], bar="4", limit=300.0),
        Figure("slow", [20.5], "ms", better="less", bar="3", limit=15.0),
    ]

    lines = report.text(document(*figures, lines=("details",))).splitlines()

    assert lines[3] == "details"
    assert lines[-2].split() == ["3", "slow", "20.5", "ms", "<=", "15", "ms", "MISSED"]
    assert lines[-1].split() == ["4", "rate", "305", "290", "to", "310", ">=", "300", "met"]
    assert not any("just so" in line for line in lines)


def test_a_section_that_failed_is_not_to_be_missed() -> None:
    failed = document()
    failed["sections"]["drain"] = report.section(Found([], failed="TimeoutError('nothing')"))

    assert "drain FAILED: TimeoutError('nothing')" in report.text(failed).splitlines()


def test_columns_of_numbers_end_where_their_heads_end() -> None:
    assert table([("what", "n"), ("a", "100")]) == ["what    n", "a     100"]

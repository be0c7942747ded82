from typing import Any

from docs import measured
from tests.bench import report
from tests.bench.figures import Figure, Found


def document(*figures: Figure) -> dict[str, Any]:
    return {"sections": {"any": report.section(Found(figures))}}


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:2] != "|-"]


def test_a_bar_shows_both_databases_and_both_numbers_of_connections_in_one_row() -> None:
    found = document(
        Figure("acks, sqlite by the ceiling, 16 connections", [0.6], bar="1", limit=0.5),
        Figure("acks, sqlite by the ceiling, 64 connections", [0.7], bar="1", limit=0.5),
        Figure("acks, postgresql by the ceiling, 16 connections", [0.4], bar="1", limit=0.35),
        Figure("acks, postgresql by the ceiling, 64 connections", [0.3], bar="1", limit=0.35),
        Figure("a second", [1000.0]),
    )

    assert rows(measured.bars(found))[1:] == [
        ["1", "acks by the ceiling", "0.6 / 0.7", "0.4 / **0.3**", "≥ 0.5 / ≥ 0.35"]
    ]


def test_a_bar_shows_its_unit_and_what_was_measured_without_a_limit() -> None:
    found = document(
        Figure("growth, acks, 2 processes on PostgreSQL", [1.5], "times", bar="8"),
        Figure("from 200 to upstream, p50, sqlite", [12.3], "ms", better="less", bar="3", limit=15.0),
    )

    assert rows(measured.bars(found))[1:] == [
        ["3", "from 200 to upstream, p50", "12.3", "", "≤ 15 ms"],
        ["8", "growth, acks, 2 processes on PostgreSQL", "", "1.5", ""],
    ]


def test_it_carries_the_costs_of_an_event_on_to_many_a_second() -> None:
    costs = {"acks": (1.0, 0.5, 1000.0), "mappings": (2.0, 0.5, 2000.0), "deliveries": (8.0, 2.5, 5000.0)}
    parts = ("bridge's processor time", "PostgreSQL's processor time", "PostgreSQL's log")
    found = document(
        *(
            Figure(f"{part}, {work}, 1 process on PostgreSQL", [cost])
            for work, each in costs.items()
            for part, cost in zip(parts, each, strict=True)
        )
    )

    *_, delivered, everything, without = rows(measured.costs(found))
    assert delivered == ["delivered, one by one", "6.00 ms", "2.00 ms", "3.0 KB"]
    assert everything == ["**10,000 a second**", "180 cores, half busy", "60 cores, half busy", "60 MB a second"]
    assert without[1:] == ["60 cores, half busy", "20 cores, half busy", "30 MB a second"]


def test_it_says_how_much_disk_a_month_takes() -> None:
    found = document(Figure("disk of a stored event, postgresql", [3000.0], "bytes"))

    assert measured.disk(found).endswith("78 TB in 30 days at 10,000 a second.")

"""Expressions that were sent by somebody stop when they have gone through too much."""

import pytest

from app.budget import Budget, TooMuchError
from app.expressions import ExpressionError, compiled, expression

PAYLOAD = {"email": "ada@example.com", "rows": [{"n": number, "name": "Ada"} for number in range(1_000)]}


@pytest.mark.parametrize(
    "text",
    [
        "to_string(@" + "|[@,@]" * 40 + ")",
        "email" + "|[@,@]" * 40,
        "[email]" + "|[@,@][]" * 40,
        "email" + "|join('', [@,@])" * 40,
        "rows[*].[" + ",".join(["name"] * 500) + "]",
        "map(&length(to_string(@)), rows[?n > `0`].[" + ",".join(["@"] * 300) + "])",
        "max_by(rows, &length(to_string(['" + "a" * 500_000 + "', name])))",
    ],
    ids=["text", "lists", "flat", "joined", "wide", "mapped", "compared"],
)
def test_it_stops_what_goes_on_and_on(text: str) -> None:
    with pytest.raises(TooMuchError, match="too much") as raised:
        compiled(text).within(Budget()).search(PAYLOAD)

    assert raised.value.text == text


def test_several_expressions_share_what_there_is() -> None:
    budget = Budget(10_000)
    each = compiled("length(rows)").within(budget)

    assert each.search(PAYLOAD) == 1_000
    with pytest.raises(TooMuchError):
        [each.find(PAYLOAD) for _ in range(10)]


@pytest.mark.parametrize(
    "text", ["email", "rows[?n == `999`].name | [0]", "join(', ', rows[*].name)", "sum(rows[*].n)"]
)
def test_it_finds_what_is_found_without_a_budget(text: str) -> None:
    assert compiled(text).within(Budget()).search(PAYLOAD) == expression(text).search(PAYLOAD)


def test_what_is_only_tried_is_not_remembered() -> None:
    assert expression("a[0].b") is expression("a[0].b")
    assert compiled("a[0].b") is not compiled("a[0].b")
    assert compiled("a[0].b")._parsed is not compiled("a[0].b")._parsed  # nor by the library


def test_no_payload_makes_a_join_that_is_larger_than_all_payloads() -> None:
    with pytest.raises(ExpressionError):
        expression("join(between, parts)").search({"between": "-" * 100_000, "parts": [0] * 1_000})

"""Ids as a database keeps them."""

import pytest

from app.webhook import key


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_it_takes_no_id_that_many_events_could_share(number: float) -> None:
    assert key(number) is None


def test_it_keeps_ordinary_ids_as_they_are() -> None:
    assert [key("evt_1"), key(706405506930370084), key(1.5)] == ["evt_1", "706405506930370084", "1.5"]

"""Ids as a database keeps them."""

import pytest

from app.webhook import digest, discreet, key


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_it_takes_no_id_that_many_events_could_share(number: float) -> None:
    assert key(number) is None


def test_it_keeps_ordinary_ids_as_they_are() -> None:
    assert [key("evt_1"), key(706405506930370084), key(1.5)] == ["evt_1", "706405506930370084", "1.5"]


PERSONAL = [
    "zoe@example.com",
    "+41446681800",
    "044 668 18 00",
    "41446681800",
    "Zoe Adler",
    "zoe.adler",
    "zadler85",
    "zoeadler1985",
]


@pytest.mark.parametrize("personal", PERSONAL)
def test_an_id_that_may_say_who_somebody_is_is_kept_as_its_hash(personal: str) -> None:
    assert discreet(personal) == digest(personal.encode())
    assert discreet(discreet(personal)) == discreet(personal)


@pytest.mark.parametrize(
    "made", ["evt_1NG8Du2eZvKYlo2CUI79vXWy", "706405506930370084", "f47ac10b-58cc-4372-a567", "lead-17"]
)
def test_an_id_that_a_machine_made_is_kept_as_it_is(made: str) -> None:
    assert discreet(made) == made

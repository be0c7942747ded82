"""How many go into a call, and how long there is none after trouble."""

from datetime import timedelta

import pytest

from app.bulk.batch import Outcome
from app.bulk.throttle import FIRST, MOST, Throttle
from app.errors import (
    ConflictError,
    DownError,
    KeyRefusedError,
    PermanentError,
    PutOffError,
    RateLimitedError,
    TemporaryError,
    UnknownOutcomeError,
    UpstreamError,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def went(throttle: Throttle, seconds: float, share: float = 1.0) -> timedelta | None:
    """A call of full size ended well."""
    asked = throttle.size
    return throttle.heed(Outcome(asked=asked, created=int(asked * share), seconds=seconds))


def stopped(error: UpstreamError, throttle: Throttle | None = None, *, phones: bool = False) -> timedelta | None:
    return (throttle or Throttle(1.0)).heed(Outcome(trouble=error, asked=100, phones=phones))


def test_it_doubles_while_calls_are_quick_up_to_a_limit() -> None:
    throttle = Throttle(1.0)
    sizes = [throttle.size]

    for _ in range(6):
        assert went(throttle, 0.9) is None
        sizes.append(throttle.size)

    assert sizes == [FIRST, 200, 400, 800, 1_600, MOST, MOST]


def test_it_does_not_grow_by_calls_that_were_not_full() -> None:
    throttle = Throttle(1.0)

    throttle.heed(Outcome(asked=FIRST // 2, created=FIRST // 2, seconds=0.1))

    assert throttle.size == FIRST


def test_it_halves_after_slow_calls_and_stays_between() -> None:
    throttle = Throttle(1.0)
    throttle.size = 800
    sizes = []

    for seconds in (2.0, 4.0, 4.0, 4.0, 4.0):
        went(throttle, seconds)
        sizes.append(throttle.size)

    assert sizes == [800, 400, 200, 100, 100]


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (PutOffError("stopping"), None),
        (RateLimitedError("429", status=429, retry_after=30), None),
        (PermanentError("404", status=404), HOUR),
        (PermanentError("no answer that can be read"), HOUR),
        (ConflictError("409", status=409), HOUR),
        (KeyRefusedError("401", status=401), HOUR),
        (DownError("501", status=501), HOUR),
        (UnknownOutcomeError("501", status=501), HOUR),
        (DownError("503", status=503), MINUTE),
        (DownError("503 and when to come back", status=503, retry_after=300), 5 * MINUTE),
        (TemporaryError("425", status=425), MINUTE),
        (UnknownOutcomeError("timeout"), MINUTE),
    ],
    ids=repr,
)
def test_it_pauses_as_long_as_the_trouble_deserves(error: UpstreamError, pause: timedelta | None) -> None:
    assert stopped(error) == pause


def test_pauses_double_up_to_an_hour_and_begin_anew_once_it_went_well() -> None:
    throttle = Throttle(1.0)
    trouble = UnknownOutcomeError("timeout")

    pauses = [stopped(trouble, throttle) for _ in range(8)]
    went(throttle, 0.1)

    assert pauses == [MINUTE * n for n in (1, 2, 4, 8, 16, 32, 60, 60)]
    assert stopped(trouble, throttle) == MINUTE


def test_calls_that_tell_of_few_contacts_are_not_worth_it() -> None:
    throttle = Throttle(1.0)

    assert went(throttle, 0.1, share=0.5) is None
    assert went(throttle, 0.1, share=0.4) == HOUR


@pytest.mark.parametrize("status", [400, 422])
def test_it_tries_once_without_phone_numbers(status: int) -> None:
    throttle, error = Throttle(1.0), PermanentError("?", status=status)

    assert stopped(error, throttle, phones=True) is None
    assert not throttle.phones
    assert stopped(error, throttle) == HOUR


def test_what_is_too_large_is_halved_for_good_and_given_up_when_it_is_small() -> None:
    throttle, error = Throttle(1.0), PermanentError("too large", status=413)
    throttle.size = 400

    pauses = [stopped(error, throttle) for _ in range(3)]
    went(throttle, 0.1)

    assert pauses == [None, None, HOUR]
    assert throttle.size == FIRST

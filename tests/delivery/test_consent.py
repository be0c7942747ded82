"""Which word on marketing counts."""

from datetime import timedelta

import pytest

from app.consent import newest, said
from app.contact import Consent, ConsentState, Meaning

YES, NO = ConsentState.GRANTED, ConsentState.REFUSED


@pytest.mark.parametrize(
    ("known", "word", "counts"),
    [
        ((YES, 0), (NO, 1), NO),
        ((NO, 0), (YES, 1), YES),
        ((NO, 1), (YES, 0), NO),
        ((YES, 1), (NO, 0), YES),
        ((NO, 0), (YES, 0), NO),
        ((YES, 0), (NO, 0), NO),
        ((NO, 0), (YES, None), NO),
        ((YES, None), (NO, 0), NO),
    ],
)
def test_the_newer_word_counts_and_of_two_at_once_the_no(clock, known, word, counts) -> None:
    words = [Consent(state, None if at is None else clock() + timedelta(hours=at)) for state, at in (known, word)]

    assert newest(*words).state is counts


def test_the_first_word_counts_whatever_it_is(clock) -> None:
    assert newest(None, Consent(YES)) == Consent(YES)


def test_a_word_without_a_time_was_said_when_its_event_occurred(clock) -> None:
    assert said(Consent(YES), Meaning.SIGNED_UP, clock()) == Consent(YES, clock())
    assert said(Consent(NO), Meaning.UPDATED, clock()) == Consent(NO, clock())


def test_an_update_may_repeat_a_yes_of_long_ago(clock) -> None:
    assert said(Consent(YES), Meaning.UPDATED, clock()) == Consent(YES, None)


def test_no_word_is_newer_than_its_event(clock) -> None:
    ahead = clock() + timedelta(days=365)

    assert said(Consent(YES, ahead), Meaning.SIGNED_UP, clock()).at == clock()

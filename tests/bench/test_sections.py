import argparse

import pytest

from tests.bench.measuring import chosen
from tests.bench.sections import SECTIONS


def test_it_measures_the_sections_that_are_named() -> None:
    assert chosen("drain,acks") == ["drain", "acks"]


def test_it_says_which_sections_there_are() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"there is no nothing: choose from providers, .*limit"):
        chosen("acks,nothing")


def test_every_section_says_what_it_measures() -> None:
    assert all(words for words, _ in SECTIONS.values())

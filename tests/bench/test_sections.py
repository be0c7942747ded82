import argparse
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from tests.bench.figures import Found
from tests.bench.measuring import attempted, chosen
from tests.bench.sections import SECTIONS
from tests.bench.setting import QUICK, Setting

if TYPE_CHECKING:
    from tests.bench.databases import Databases


def test_it_measures_the_sections_that_are_named() -> None:
    assert chosen("drain,acks") == ["drain", "acks"]


def test_it_says_which_sections_there_are() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"there is no nothing: choose from providers, .*limit"):
        chosen("acks,nothing")


def test_a_section_that_fails_does_not_take_the_others_with_it() -> None:
    def fail(_setting: Setting) -> Found:
        raise TimeoutError("nothing was delivered")

    found = attempted(fail, Setting(Path(), cast("Databases", None), QUICK))

    assert (list(found.figures), found.failed) == ([], "TimeoutError('nothing was delivered')")


def test_every_section_says_what_it_measures() -> None:
    assert all(words for words, _ in SECTIONS.values())

"""What a test needs besides Python."""

import os
from typing import NoReturn

import pytest


def missing(words: str) -> NoReturn:
    """Skip the test and say why; in continuous integration, which installs everything, it fails."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(words)

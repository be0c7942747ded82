"""A desk to sit down at."""

import pytest
from desk_kit import Desk

from app.store import Store


@pytest.fixture
def desk(store: Store, clock) -> Desk:
    """A desk on each database."""
    return Desk(store, clock)

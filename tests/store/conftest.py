"""Several stores on one database: what several processes are to each other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from app.store import Store


@pytest.fixture
def another(database_url: str, store: Store) -> Iterator[Callable[[], Store]]:
    """Open one more store on the database of ``store``."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(Store(database_url)))

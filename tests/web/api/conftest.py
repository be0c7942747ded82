"""A bridge with a management API, on each database."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from api_kit import Desk, configuration

from app import create_app


@pytest.fixture
def desk(database_url: str, clock: Callable[[], datetime]) -> Iterator[Desk]:
    app = create_app(configuration(database_url), clock)
    made = Desk(app)
    made.store.migrate()
    yield made
    app.extensions["refused"].close()
    made.store.close()

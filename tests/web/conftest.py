"""A bridge of a few sources behind Flask's test client."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_sources import configuration

from app import create_app


@pytest.fixture
def app(sqlite_url: str, clock: Callable[[], datetime]) -> Iterator[Flask]:
    made = create_app(configuration(sqlite_url), clock)
    yield made
    made.extensions["refused"].close()
    made.extensions["bridge"].store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()

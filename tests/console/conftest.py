"""A console of a few sources, behind Flask's test client; and a real bridge with a real browser before it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from console_client import TOKENS, TOML, Console
from flask import Flask

from app import create_app
from app.config import loads


@pytest.fixture
def make_app(sqlite_url: str, clock: Callable[[], datetime]) -> Iterator[Callable[..., Flask]]:
    """Make an application with other tokens or settings of the server."""
    made: list[Flask] = []

    def make(tokens: str = TOKENS, database_url: str = sqlite_url) -> Flask:
        text = TOML.format(database_url=database_url, tokens=tokens)
        made.append(create_app(loads(text, {}, Path()), clock))
        made[-1].extensions["bridge"].store.migrate()
        return made[-1]

    yield make
    for app in made:
        app.extensions["bridge"].store.close()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def console(app: Flask) -> Console:
    """The console, signed in as an admin."""
    signed_in = Console(app, app.test_client())
    assert signed_in.sign_in().status_code == 303
    return signed_in


@pytest.fixture
def stranger(app: Flask) -> Console:
    """The same, not signed in."""
    return Console(app, app.test_client())

"""A console of a few sources, behind Flask's test client; and a real bridge with a real browser before it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from console_client import TOKENS, TOML, Console
from flask import Flask

from app import create_app
from app.config import loads

if TYPE_CHECKING:
    from playwright.sync_api import Browser, StorageState

    from tests.console.world import Visitor, World


@pytest.fixture
def make_app(sqlite_url: str, clock: Callable[[], datetime]) -> Iterator[Callable[..., Flask]]:
    """Make an application with other tokens or settings of the server."""
    made: list[Flask] = []

    def make(tokens: str = TOKENS) -> Flask:
        made.append(create_app(loads(TOML.format(database_url=sqlite_url, tokens=tokens), {}, Path()), clock))
        made[-1].extensions["bridge"].store.migrated = True
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


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    from tests.console.world import chromium  # noqa: PLC0415 -- only the tests with a browser need one

    with chromium() as opened:
        yield opened


@pytest.fixture(scope="package")
def bridged(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[World]":
    """A running bridge, with a day's events."""
    from tests.console.world import world  # noqa: PLC0415 -- as above

    with world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def admitted(browser: "Browser", bridged: "World") -> "StorageState":
    """What a browser keeps of an admin who signed in."""
    from tests.console.world import visitor  # noqa: PLC0415 -- as above

    with visitor(browser, bridged.url) as made:
        made.sign_in()
        return made.context.storage_state()


@pytest.fixture(params=["desktop", "narrow"])
def visit(
    request: pytest.FixtureRequest, browser: "Browser", bridged: "World", admitted: "StorageState"
) -> "Iterator[Visitor]":
    """A browser at the overview, signed in as an admin; at both widths."""
    from tests.console.world import DESKTOP, NARROW, visitor  # noqa: PLC0415 -- as above

    size = {"desktop": DESKTOP, "narrow": NARROW}[request.param]
    with visitor(browser, bridged.url, viewport=size, storage_state=admitted) as made:
        made.go("/")
        yield made

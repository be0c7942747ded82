"""One running bridge for the tests that leave it as it was, and fresh ones for those that break it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from serve_process import CONFIGURATION, Served

from app.sandbox import SandboxServer
from app.sandbox.settings import Settings


@pytest.fixture(scope="package")
def upstream() -> Iterator[SandboxServer]:
    with SandboxServer({"key-of-tests": "org_tests"}, settings=Settings(rate_limit=None)) as sandbox:
        yield sandbox


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, upstream: SandboxServer) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    text = CONFIGURATION.format(database_url="sqlite:///bridge.db", upstream_url=upstream.url)
    with Served(folder, text) as running:
        yield running


@pytest.fixture
def serve(tmp_path: Path, upstream: SandboxServer) -> Iterator[Callable[..., Served]]:
    """Start a bridge of the test's own."""
    with ExitStack() as stack:

        def start(*arguments: str, database_url: str = "sqlite:///bridge.db", more: str = "") -> Served:
            text = CONFIGURATION.format(database_url=database_url, upstream_url=upstream.url) + more
            return stack.enter_context(Served(tmp_path, text, *arguments))

        yield start
        upstream.reset()

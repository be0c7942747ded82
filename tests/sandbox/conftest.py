from collections.abc import Iterator

import pytest
from sandbox_client import ADA, KEYS, START, Client, Clock

from app.sandbox import SandboxServer

_clock = Clock()


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(KEYS, now=_clock) as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    _clock.at = START
    return _clock


@pytest.fixture
def sandbox(server: SandboxServer, clock: Clock) -> SandboxServer:
    server.reset()
    return server


@pytest.fixture
def call(sandbox: SandboxServer) -> Iterator[Client]:
    client = Client(sandbox.url)
    with client.session:
        yield client


@pytest.fixture
def people(sandbox: SandboxServer) -> SandboxServer:
    book = sandbox.contacts["org_acme"]
    book.create(ADA, ["seg_vip"])
    book.create({"name": "Bo Example", "email": "bo@example.org", "user_id": "shopify:2"}, ["seg_vip", "seg_b"])
    left = book.create({"name": "Cy Sample", "phone": "+15555550102"})
    bad = book.create({"name": "Di Sample", "email": "di@example.org"})
    book.change(left["id"], {"unsubscribed": True})
    book.change(bad["id"], {"blocked": True})
    return sandbox

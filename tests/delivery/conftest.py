import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from bulk_kit import BulkRig
from delivery_kit import KEYS, PATIENCE, MakeRig, Rig, config
from delivery_wire import RawServer, Talk
from fetching_kit import Begin, settings

from app.config import Org
from app.config import Upstream as UpstreamSettings
from app.conversation import Conversation
from app.sandbox import Duplicates, SandboxServer, Settings
from app.store import Store
from app.upstream import Upstream


@pytest.fixture
def local_store(migrated_file: Path, tmp_path: Path, keys: list[str]) -> Iterator[Store]:
    """A store on SQLite."""
    path = shutil.copy(migrated_file, tmp_path / "local.db")
    store = Store(f"sqlite:///{path}", keys)
    store.migrated = True
    yield store
    store.close()


@pytest.fixture
def sandbox(clock) -> Iterator[SandboxServer]:
    with SandboxServer(KEYS, settings=Settings(rate_limit=None), now=clock) as server:
        yield server


@pytest.fixture
def rig(local_store: Store, sandbox: SandboxServer, clock) -> Iterator[Rig]:
    rig = Rig(local_store, sandbox, clock, config(sandbox.url))
    yield rig
    rig.close()


@pytest.fixture
def every_rig(store: Store, sandbox: SandboxServer, clock) -> Iterator[Rig]:
    """A rig on each database."""
    rig = Rig(store, sandbox, clock, config(sandbox.url))
    yield rig
    rig.close()


@pytest.fixture
def rig_with(database_url: str, sandbox: SandboxServer, clock) -> Iterator[MakeRig]:
    """Make a rig on the same database with some keys; the one before is closed."""
    sandbox.settings.duplicates = Duplicates.SECOND
    with ExitStack() as last:

        def make(*keys: str) -> Rig:
            last.close()
            store = last.enter_context(closing(Store(database_url, keys)))
            return last.enter_context(closing(Rig(store, sandbox, clock, config(sandbox.url))))

        yield make


@pytest.fixture
def crowded(store: Store, sandbox: SandboxServer, clock) -> Iterator[BulkRig]:
    """A rig on each database, whose org allows bulk calls."""
    rig = BulkRig(store, sandbox, clock)
    yield rig
    rig.close()


@pytest.fixture
def bulk_rig(local_store: Store, sandbox: SandboxServer, clock) -> Iterator[BulkRig]:
    """The same on SQLite."""
    rig = BulkRig(local_store, sandbox, clock)
    yield rig
    rig.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Start a raw server that answers as it is told."""
    servers: list[RawServer] = []

    def start(*answers: list[bytes], gap: float = 0.0) -> RawServer:
        servers.append(RawServer(*answers, gap=gap))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def talk(clock) -> Iterator[Talk]:
    """Begin a conversation with the upstream at an address."""
    opened: list[Upstream] = []

    def begin(url: str, *, org_id: str = "c", ours: bool = True, **settings: float) -> Conversation:
        values = {"connect_timeout": PATIENCE, "read_timeout": PATIENCE, **settings}
        opened.append(Upstream(UpstreamSettings(base_url=url, **values), clock))
        return opened[-1].conversation(Org("main", "secret-key", org_id), lambda: ours)

    yield begin
    for upstream in opened:
        upstream.close()


@pytest.fixture
def begin(store: Store, sandbox, clock, serve: Callable[..., RawServer]) -> Iterator[Begin]:
    """A rig on each database, beside a sender's API that answers with these bytes."""
    rigs: list[Rig] = []

    def start(*answers: bytes) -> tuple[Rig, RawServer]:
        api = serve(*([one] for one in answers))
        rigs.append(Rig(store, sandbox, clock, settings(sandbox.url, api.url)))
        return rigs[-1], api

    yield start
    for rig in rigs:
        rig.close()

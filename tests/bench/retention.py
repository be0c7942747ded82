"""Acknowledgements with and without retention at work, in turns."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.config.model import Server
from app.store import Store
from tests.bench.rounds import CONNECTIONS, Rounds, load_on
from tests.bench.running import Running, started
from tests.bench.setting import Setting
from tests.bench.stored import LONG_AGO, RECENTLY

AT_REST, AT_WORK = "no retention", "retention at work"
_BATCH_SECONDS = 0.3  # what a batch may take that has begun


@dataclass(frozen=True)
class Tidied:
    """Acknowledgements ``AT_REST`` and ``AT_WORK``, and how many payloads were emptied meanwhile, in how long."""

    rounds: Rounds
    emptied: int
    seconds: float


def while_tidying(setting: Setting, database_url: str, bridge: Running) -> Tidied:
    """Measure a bridge on a store, half of whose events are old enough to be emptied.

    Raises `AssertionError` if none was.
    """
    measured, spent = Rounds(), 0.0
    before = _emptied(database_url)
    with _tidying(setting.folder, database_url) as go:
        for _ in range(setting.size.few):
            for connections in CONNECTIONS:
                at_rest = load_on(bridge, connections, setting.size.seconds)
                go.touch()
                began = time.monotonic()
                at_work = load_on(bridge, connections, setting.size.seconds)
                spent += time.monotonic() - began
                go.unlink()
                measured.setdefault((AT_REST, connections), []).append(at_rest)
                measured.setdefault((AT_WORK, connections), []).append(at_work)
                time.sleep(_BATCH_SECONDS)
    emptied = _emptied(database_url) - before
    assert emptied, "retention did nothing"
    return Tidied(measured, emptied, spent)


@contextmanager
def _tidying(folder: Path, database_url: str) -> Iterator[Path]:
    """Have a process at hand that empties what was settled long ago, while there is the file that this yields."""
    ready, go = (folder / f"{what}-{time.monotonic_ns()}" for what in ("ready", "go"))
    ahead = timedelta(days=Server.retention_days) - (LONG_AGO + RECENTLY) / 2
    arguments = [database_url, str(ahead.total_seconds()), str(ready), str(go)]
    with started([sys.executable, "-m", "tests.bench.tidying", *arguments], folder) as running:
        while not ready.exists():
            assert running.process.poll() is None, "retention failed"
            time.sleep(0.01)
        yield go


def _emptied(database_url: str) -> int:
    store = Store(database_url)
    try:
        return store.archive.emptied(0)
    finally:
        store.close()

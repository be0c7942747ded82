"""Waking the delivery process at once when something arrives.

On SQLite, where everybody is on one machine, the bell is a named pipe beside the database; on
PostgreSQL it is NOTIFY, sent off the ack path and at most every few milliseconds. A missed ring
costs a second at most, for the delivery process looks by itself too.
"""

import contextlib
import os
import select
from pathlib import Path
from typing import TYPE_CHECKING, Union

from app.store.database import Database

if TYPE_CHECKING:
    from app.store.notify_bell import NotifyBell

Bell = Union["PipeBell", "NotifyBell"]


class PipeBell:
    """A named pipe: a byte is a ring. It may be full, nobody may listen, or the disk may have none; all are fine."""

    def __init__(self, database: Database) -> None:
        self._pipes = _named_pipe(Path(f"{database.engine.url.database}.bell"))

    def ring(self) -> None:
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                os.write(pipe, b"!")

    def wait(self, seconds: float) -> bool:
        """Return True when it rang, False after ``seconds``."""
        ready, _, _ = select.select(self._pipes, [], [], max(0.0, seconds))
        for pipe in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(pipe, 65536)
        return bool(ready)

    def close(self) -> None:
        while self._pipes:
            os.close(self._pipes.pop())


def _named_pipe(path: Path) -> list[int]:
    with contextlib.suppress(OSError):
        with contextlib.suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        if path.is_fifo():
            return [os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)]
    return []


def bell(database: Database) -> Bell:
    """Return the bell that fits the database."""
    if database.is_sqlite:
        return PipeBell(database)
    from app.store.notify_bell import NotifyBell  # noqa: PLC0415 -- its driver takes a while to import

    return NotifyBell(database)

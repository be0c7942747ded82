"""Waking the delivery process at once when something arrives.

On SQLite, where everybody is on one machine, the bell is a named pipe beside the database; on
PostgreSQL it is NOTIFY, sent off the ack path and at most every few milliseconds. A missed ring
costs a second at most, for the delivery process looks by itself too.
"""

import contextlib
import os
import select
import threading
import time
from pathlib import Path
from typing import Any

import psycopg

from app.store.database import Database

Connection = psycopg.Connection[Any]

_CHANNEL = "contact_bridge"
_SPACING_SECONDS = 0.005


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


class NotifyBell:
    """LISTEN and NOTIFY. ``ring`` only sets a flag; a thread of its own does the talking."""

    def __init__(self, database: Database) -> None:
        url = database.engine.url.set(drivername="postgresql")
        self._dsn = url.render_as_string(hide_password=False)
        self._rung, self._closed = threading.Event(), False
        self._local_read, self._local_write = os.pipe()
        os.set_blocking(self._local_write, False)
        self._listener: Connection | None = None
        self._thread = threading.Thread(target=self._ring_on, name="bell", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        if not self._closed:
            self._rung.set()
            with contextlib.suppress(BlockingIOError):
                os.write(self._local_write, b"!")

    def _ring_on(self) -> None:
        connection: Connection | None = None
        while self._rung.wait() and not self._closed:
            self._rung.clear()
            try:
                connection = connection or self._connect()
                connection.execute(f"NOTIFY {_CHANNEL}")
            except psycopg.Error:  # the delivery process looks by itself within a second
                _hang_up(connection)
                connection = None
            time.sleep(_SPACING_SECONDS)
        _hang_up(connection)

    def wait(self, seconds: float) -> bool:
        """Return True when it rang, here or in another process; False after ``seconds``."""
        try:
            listener = self._listening()
            heard = (listener.fileno(), self._local_read)
            ready, _, _ = select.select(heard, [], [], max(0.0, seconds))
            if heard[0] in ready:
                for _ in listener.notifies(timeout=0):
                    pass
        except (psycopg.Error, OSError, ValueError):
            _hang_up(self._listener)
            self._listener = None
            ready, _, _ = select.select([self._local_read], [], [], min(max(0.0, seconds), 1.0))
        if self._local_read in ready:
            os.read(self._local_read, 65536)
        return bool(ready)

    def _listening(self) -> Connection:
        if self._listener is None:
            self._listener = self._connect()
            self._listener.execute(f"LISTEN {_CHANNEL}")
        return self._listener

    def _connect(self) -> Connection:
        return psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)

    def close(self) -> None:
        self._closed = True
        self._rung.set()
        self._thread.join()
        _hang_up(self._listener)
        os.close(self._local_read)
        os.close(self._local_write)


def _hang_up(connection: Connection | None) -> None:
    if connection:
        connection.close()


Bell = PipeBell | NotifyBell


def bell(database: Database) -> Bell:
    """Return the bell that fits the database."""
    return PipeBell(database) if database.is_sqlite else NotifyBell(database)

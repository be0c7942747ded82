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
from typing import Any

import psycopg

from app.store.database import Database

_CHANNEL = "contact_bridge"
_SPACING_SECONDS = 0.005


class PipeBell:
    """A named pipe: a byte is a ring. It may be full or nobody may listen; both are fine."""

    def __init__(self, database: Database) -> None:
        self._path = f"{database.engine.url.database}.bell"
        with contextlib.suppress(FileExistsError):
            os.mkfifo(self._path, 0o600)
        self._pipe = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def ring(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._pipe, b"!")

    def wait(self, seconds: float) -> bool:
        """Return True when it rang, False after ``seconds``."""
        ready, _, _ = select.select([self._pipe], [], [], max(0.0, seconds))
        if ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._pipe, 65536)
        return bool(ready)

    def close(self) -> None:
        os.close(self._pipe)


class NotifyBell:
    """LISTEN and NOTIFY. ``ring`` only sets a flag; a thread of its own does the talking."""

    def __init__(self, database: Database) -> None:
        url = database.engine.url.set(drivername="postgresql")
        self._dsn = url.render_as_string(hide_password=False)
        self._rung = threading.Event()
        self._local_read, self._local_write = os.pipe()
        os.set_blocking(self._local_write, False)
        self._thread: threading.Thread | None = None
        self._closed = False
        self._listener: psycopg.Connection[Any] | None = None

    def ring(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._ring_on, name="bell", daemon=True)
            self._thread.start()
        self._rung.set()
        with contextlib.suppress(BlockingIOError):
            os.write(self._local_write, b"!")

    def _ring_on(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while self._rung.wait() and not self._closed:
            self._rung.clear()
            try:
                connection = connection or psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)
                connection.execute(f"NOTIFY {_CHANNEL}")
            except psycopg.Error:
                connection = None  # the delivery process looks by itself within a second
            time.sleep(_SPACING_SECONDS)

    def wait(self, seconds: float) -> bool:
        """Return True when it rang, here or in another process; False after ``seconds``."""
        try:
            listener = self._listening()
            ready, _, _ = select.select([listener, self._local_read], [], [], max(0.0, seconds))
            if listener in ready:
                for _ in listener.notifies(timeout=0):
                    pass
        except (psycopg.Error, OSError, ValueError):
            self._listener = None
            ready, _, _ = select.select([self._local_read], [], [], min(max(0.0, seconds), 1.0))
        if self._local_read in ready:
            os.read(self._local_read, 65536)
        return bool(ready)

    def _listening(self) -> psycopg.Connection[Any]:
        if self._listener is None or self._listener.closed:
            self._listener = psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)
            self._listener.execute(f"LISTEN {_CHANNEL}")
        return self._listener

    def close(self) -> None:
        self._closed = True
        self._rung.set()
        if self._listener:
            self._listener.close()


Bell = PipeBell | NotifyBell


def bell(database: Database) -> Bell:
    """Return the bell that fits the database."""
    return PipeBell(database) if database.is_sqlite else NotifyBell(database)

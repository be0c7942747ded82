"""The bell on PostgreSQL: LISTEN and NOTIFY."""

import contextlib
import os
import select
import threading
import time
from typing import Any

import psycopg

from app.store.database import Database

Connection = psycopg.Connection[Any]

_CHANNEL = "contact_bridge"
_SPACING_SECONDS = 0.005
_AGAIN_SECONDS = 1.0


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
                connection = connection or self._ringing()
                connection.execute(f"NOTIFY {_CHANNEL}")
            except psycopg.Error:  # the delivery process looks by itself within a second
                _hang_up(connection)
                connection = None
            time.sleep(_SPACING_SECONDS)
        _hang_up(connection)

    def wait(self, seconds: float) -> bool:
        """Return True when it rang, here or in another process; False after ``seconds``.

        A lost connection is made again meanwhile, once a second; this process's own ring is heard all the time.
        """
        ends = time.monotonic() + seconds
        while True:
            left = max(0.0, ends - time.monotonic())
            try:
                rung = self._heard(self._listening(), left)
            except (psycopg.Error, OSError, ValueError):
                _hang_up(self._listener)
                self._listener = None
                rung = self._heard(None, min(left, _AGAIN_SECONDS))
            if rung or time.monotonic() >= ends:
                return rung

    def _heard(self, listener: Connection | None, seconds: float) -> bool:
        """Wait for a ring; the end of the listener's connection is an error and no ring."""
        sockets = [listener.fileno()] if listener else []
        ready, _, _ = select.select([self._local_read, *sockets], [], [], seconds)
        here = self._local_read in ready
        if here:
            os.read(self._local_read, 65536)
        if listener and ready != [self._local_read]:
            return len(list(listener.notifies(timeout=0))) > 0 or here
        return here

    def _listening(self) -> Connection:
        if self._listener is None:
            self._listener = self._connect()
            self._listener.execute(f"LISTEN {_CHANNEL}")
        return self._listener

    def _ringing(self) -> Connection:
        """A ring is heard once it is committed, and nothing is lost with it: it does not wait for the disk."""
        connection = self._connect()
        connection.execute("SET synchronous_commit = off")
        return connection

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

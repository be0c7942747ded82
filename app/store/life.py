"""Which delivery processes live: each holds a lock that the system takes from it the moment it dies.

A lease belongs to a living process and not to a span of time, so neither a clock that jumps nor a
delivery that takes long gives a person to two processes. On SQLite, where everybody is on one machine, the
lock is on a file beside the database; on PostgreSQL it is an advisory lock of a session of its own.
"""

import fcntl
import os
import secrets
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Union

from app.store.database import Database
from app.store.trouble import translated

if TYPE_CHECKING:
    from app.store.session_life import SessionLife

Life = Union["FileLife", "SessionLife"]


def lease_of(owner: str) -> str:
    """Return a new lease of the process that lives as ``owner``: whoever settles twice has no part in the next one."""
    return f"{owner}.{secrets.token_hex(6)}"


def holder_of(lease: str) -> str:
    """Return the process that took a lease."""
    return lease.partition(".")[0]


class FileLife:
    """A lock on a file; it cannot be lost while the process lives."""

    trusted_for = timedelta()  # how long a process may go on after others take it for dead

    def __init__(self, database: Database) -> None:
        # Beside the database itself: who comes by a symbolic link must find the same locks.
        self._prefix = f"{os.path.realpath(database.engine.url.database or '')}.alive."
        self._id, self._file = "", -1
        self._lock = threading.Lock()

    def hold(self) -> str:
        """Hold the lock; return the id under which this process takes leases. Raises `StoreUnavailableError`."""
        with self._lock, translated():
            if not self._id:
                self._id, self._file = _locked(self._prefix)
                self._sweep()
            return self._id

    def _sweep(self) -> None:
        """Take away what killed processes left."""
        prefix = Path(self._prefix)
        for path in prefix.parent.glob(f"{prefix.name}*"):
            self.alive(path.name.removeprefix(prefix.name))

    def holds(self, lease: str) -> bool:
        """True if a lease is this process's, still."""
        return bool(lease) and holder_of(lease) == self._id

    def alive(self, lease: str) -> bool:
        """True if the process lives that took a lease (or that has this id), here or elsewhere."""
        if self.holds(lease):
            return True
        path = Path(self._prefix + holder_of(lease))
        with translated():
            try:
                file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:
                return False
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)  # locked still: whoever waits for the lock sees that it is gone
            except BlockingIOError:
                return True
            finally:
                os.close(file)
        return False

    def close(self) -> None:
        """Live no more: what is still leased can be had by others."""
        with self._lock:
            if self._id:
                os.close(self._file)
                Path(self._prefix + self._id).unlink(missing_ok=True)
                self._id = ""


def _locked(prefix: str) -> tuple[str, int]:
    """Make and lock a file; return its id and handle. If somebody took it for a dead one's, under another name:
    whoever has the old one open may still take that name away."""
    while True:
        mine = secrets.token_hex(8)
        path = Path(prefix + mine)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return mine, file
        os.close(file)


def life(database: Database) -> Life:
    """Return the kind of life that fits the database."""
    if database.is_sqlite:
        return FileLife(database)
    from app.store.session_life import SessionLife  # noqa: PLC0415 -- its driver takes a while to import

    return SessionLife(database)

"""The life of a delivery process on PostgreSQL: an advisory lock of a session of its own."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg

from app.errors import StoreUnavailableError
from app.store.database import Database, Lock
from app.store.life import holder_of

_LOOK_EVERY_SECONDS, _SURE_FOR_SECONDS = 1.0, 10.0
_SESSION = (
    "SET tcp_keepalives_idle = 5",  # so that the server, too, finds out when this machine has vanished
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET idle_session_timeout = 0",
)
_HELD = """
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class SessionLife:
    """An advisory lock, which is lost with its session; whoever lost it takes leases under a new id."""

    trusted_for = timedelta(seconds=_SURE_FOR_SECONDS)

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        url = database.engine.url.set(drivername="postgresql")
        self._dsn, self._clock = url.render_as_string(hide_password=False), clock
        self._session: psycopg.Connection[Any] | None = None
        self._id, self._seen_at = "", 0.0
        self._lock = threading.Lock()

    def hold(self) -> str:
        """As `FileLife.hold`; call it often, for it looks whether the session is still there."""
        with self._lock, _translated():
            if self._session and self._clock() - self._seen_at < _LOOK_EVERY_SECONDS:
                return self._id
            asked_at = self._clock()
            try:
                self._session = self._session or self._begin()
                self._session.execute("SELECT 1")
            except psycopg.Error:
                self._end()
                raise
            self._seen_at = asked_at
            return self._id

    def _begin(self) -> psycopg.Connection[Any]:
        session = psycopg.connect(
            self._dsn, autocommit=True, connect_timeout=5, application_name="contact-bridge life",
            keepalives_idle=5, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=10_000,
        )  # fmt: skip
        for setting in _SESSION:
            with contextlib.suppress(psycopg.errors.UndefinedObject, psycopg.errors.InvalidParameterValue):
                session.execute(setting)  # an older server, or one that is reached without TCP
        mine = secrets.randbits(31)
        session.execute("SELECT pg_advisory_lock(%s, %s)", (Lock.LIFE.value, mine))
        self._id = str(mine)
        return session

    def _end(self) -> None:
        session, self._session, self._id = self._session, None, ""
        if session:
            session.close()

    def holds(self, lease: str) -> bool:
        """As `FileLife.holds`; False too when nobody could look for a while: others may think it dead."""
        return holder_of(lease) == self._id and self._clock() - self._seen_at < _SURE_FOR_SECONDS

    def alive(self, lease: str) -> bool:
        """As `FileLife.alive`. Raises `StoreUnavailableError` if nobody knows."""
        owner = holder_of(lease)
        if owner == self._id:
            return True
        if not owner.isdecimal():  # of a time when leases ended by the clock
            return False
        with self._lock, _translated():
            if self._session:
                return _held(self._session, owner)
            with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5) as session:
                return _held(session, owner)

    def close(self) -> None:
        """As `FileLife.close`."""
        with self._lock:
            self._end()


def _held(session: psycopg.Connection[Any], owner: str) -> bool:
    return session.execute(_HELD, (Lock.LIFE.value, int(owner))).fetchone() is not None


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise StoreUnavailableError(type(error).__name__) from error

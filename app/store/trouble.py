"""What the database, or the disk that it is on, cannot do at the moment: one error, in words that a log may have."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.errors import StoreUnavailableError

_OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)  # what a statement of ours is to blame for


@contextmanager
def translated() -> Iterator[None]:
    """Whatever is not a mistake in a statement is the database's trouble: away, full, read-only, damaged."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError, OSError) as error:
        if isinstance(error, _OURS) and not error.connection_invalidated:
            raise
        raise StoreUnavailableError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """The driver's own words, or the system's: a log may have them.

    Not the statement and its parameters, which hold personal data, nor any line but the first, which may quote them.
    """
    if isinstance(error, OSError) and error.strerror:
        where = f": {Path(str(error.filename)).absolute()}" if error.filename else ""
        return error.strerror.lower() + where
    words = str(error.orig) if isinstance(error, DBAPIError) else ""
    return words.partition("\n")[0] or type(error).__name__

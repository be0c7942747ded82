"""Threads that do something again and again beside what matters, and outlive whatever goes wrong with it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from app.errors import StoreUnavailableError

log = structlog.get_logger()


class Rounds:
    """Does ``work``, which may raise whatever it likes, every so many seconds in a thread of this ``name``.

    ``pause(seconds)`` waits and returns True when it is time to stop; by default it waits for the end of `running`,
    which gives work that is under way ``patience`` seconds to end, or all the time it needs.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], None],
        every: float,
        pause: Callable[[float], bool] | None = None,
        patience: float | None = None,
    ) -> None:
        self._name, self._work, self._every, self._patience = name, work, every, patience
        self._stopping = threading.Event()
        self._pause = pause or self._stopping.wait

    @contextmanager
    def running(self) -> Iterator[None]:
        """In a thread of its own, for as long as the block runs."""
        thread = threading.Thread(target=self.run, name=self._name, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join(self._patience)

    def run(self) -> None:
        """One round after the other until it is time to stop."""
        while True:
            with outlived(self._name):
                self._work()
            if self._pause(self._every):
                return


@contextmanager
def outlived(name: str) -> Iterator[None]:
    """Tell the log what went wrong in a thread, and go on: a bug there must not stop what comes after it."""
    try:
        yield
    except StoreUnavailableError as error:
        log.warning("store unavailable", reason=str(error))
    except Exception as error:  # noqa: BLE001 -- see above
        log.warning("bug", error=type(error).__name__, thread=name)

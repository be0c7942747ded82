"""Keeping refused webhooks for the operator, off the way of those who are answered.

A flood of forged webhooks costs next to nothing: what comes while enough is waiting to be written is not kept. The
metrics count it all the same.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from app.rounds import outlived
from app.store import Refusal, Store

_EVERY_SECONDS = 2.0  # between two transactions
_MOST, _OF_ONE_SOURCE = 8, 4  # that wait to be written: one source's flood leaves room for others


class Refused:
    """``pause(seconds)`` waits and returns True when it is time to stop; by default it waits for `close`.

    The thread that writes is there only while there is something to write.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], pause: Callable[[float], bool] | None = None) -> None:
        self._store, self._now = store, now
        self._stopping = threading.Event()
        self._pause = pause or self._stopping.wait
        self._lock = threading.Lock()
        self._waiting: list[Refusal] = []
        self._writer: threading.Thread | None = None

    def note(self, source: str, cause: str, hint: str) -> bool:
        """Have a refusal kept soon; False if it is not, because too many are waiting. It waits for nobody."""
        with self._lock:
            same = sum(each.source == source for each in self._waiting)
            if self._stopping.is_set() or same >= _OF_ONE_SOURCE or len(self._waiting) >= _MOST:
                return False
            self._waiting.append(Refusal(source, self._now(), cause, hint))
            if self._writer is None:
                self._writer = threading.Thread(target=self._run, name="refusals", daemon=True)
                self._writer.start()
            return True

    def close(self) -> None:
        """Write what waits, and no more."""
        self._stopping.set()
        if writer := self._writer:
            writer.join()

    def _run(self) -> None:
        while refused := self._taken():
            with outlived("refusals"):
                self._keep(refused)
            self._pause(_EVERY_SECONDS)

    def _keep(self, refused: list[Refusal]) -> None:
        if not self._store.migrated:  # the database may have been away until now
            self._store.migrate()
        self._store.refusals.note_all(refused)

    def _taken(self) -> list[Refusal]:
        """What waits; with nothing left, the thread is at its end, and the next refusal starts another."""
        with self._lock:
            taken, self._waiting = self._waiting, []
            if not taken:
                self._writer = None
            return taken

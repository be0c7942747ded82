"""What the promise rests on, taken out piece by piece, to see that the harness notices."""

import threading
from collections.abc import Callable
from typing import Any


def _no_look_up() -> None:
    """After an unknown outcome, send again without looking whether it was done."""
    from app.upkeep import Upkeep

    Upkeep.look_up = lambda _: None  # type: ignore[method-assign]


def _no_lease() -> None:
    """Claim a person whom somebody else works on."""
    from app.store.claims import Claims
    from app.store.tables import persons

    claim = Claims.claim

    def without(self: Claims, *args: Any, **kwargs: Any) -> Any:
        with self._database.writing() as connection:
            connection.execute(persons.update().values(lease_until=None))
        return claim(self, *args, **kwargs)

    Claims.claim = without  # type: ignore[method-assign]


def _no_wait_for_the_commit() -> None:
    """Answer 200 as soon as the event is queued for the next commit."""
    from app.store.inbox import Inbox

    add = Inbox.add

    def queued(self: Inbox, arrival: Any) -> list[bool]:
        threading.Thread(target=add, args=(self, arrival), daemon=True).start()
        return [True for _ in arrival.events]

    Inbox.add = queued  # type: ignore[method-assign]


PIECES: dict[str, Callable[[], None]] = {
    "lookup": _no_look_up,
    "lease": _no_lease,
    "commit": _no_wait_for_the_commit,
}


def take_out(piece: str) -> None:
    """Replace it in this process, before anything runs; "" leaves everything in place."""
    if piece:
        PIECES[piece]()

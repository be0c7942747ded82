"""What the promise rests on, taken out piece by piece, to see that the harness notices.

The only place here that knows the product from inside: when one of these names is gone, look for what took its place.
"""

import random
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.store.claims import Claims
from app.store.inbox import Inbox
from app.store.tables import persons
from app.upkeep import Upkeep

_ODDS = 0.2  # of a claim that does not heed leases; if none did, nothing would ever be settled


def _no_look_up() -> None:
    """After an unknown outcome, send again without looking whether it was done."""
    Upkeep.look_up = lambda _: None  # type: ignore[method-assign, assignment]


def _no_lease() -> None:
    """Now and then, claim people whom somebody else works on, as if nobody did and nothing were uncertain."""
    claim = Claims.claim
    free = {column.name: sa.null() for column in persons.c if column.name.startswith("lease")}

    def heedless(self: Claims, *args: Any, **kwargs: Any) -> Any:
        if random.random() < _ODDS:
            with self._database.writing() as connection:
                connection.execute(persons.update().where(persons.c.contact_id.is_(None)).values(free))
        return claim(self, *args, **kwargs)

    Claims.claim = heedless  # type: ignore[method-assign]


def _no_wait_for_the_commit() -> None:
    """Answer 200 as soon as the event is queued for the next commit."""
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

"""Persons who are erased while news of them comes: some by an operator, some because their shop asks for it."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tests.soak.bridges import until
from tests.soak.ledger import Key
from tests.soak.people import Occurrence, by_phone, email_of, phone_of
from tests.soak.world import Erased, World

_SINCE = 200  # whoever did something lately, so that their senders have not finished with them
_UNDER_WAY_SECONDS, _ACKED_SECONDS = 0.2, 5.0
_DUPLICATES_WITHIN = (0.0, 3.0)


@contextmanager
def erase(world: World) -> Iterator[None]:
    """Begin to erase some people in three ways, and to send again what was sent of them.

    That goes on while other things happen: of whose process was killed nobody is erased before they have rested.
    """
    world.beside(_erase_some, world)
    yield


def _erase_some(world: World) -> None:
    for way in (_on_request, _for_good, _who_comes_back) * world.some:
        number = _somebody(world, known_by_email=way is _who_comes_back)
        if number is not None and way(world, number):
            world.proof["persons erased"] += 1


def _somebody(world: World, *, known_by_email: bool) -> int | None:
    """Let somebody leave of whom nothing is under way but duplicates.

    Who comes back is found upstream by e-mail address or user id only: see `app.search`.
    """
    crowd, lately = world.load.crowd, tuple(world.load.sent)[-_SINCE:]
    for one in world.random.sample(lately, len(lately)):
        if one.identities and one.number not in crowd.gone and not (known_by_email and by_phone(one.number)):
            crowd.gone.add(one.number)
            time.sleep(_UNDER_WAY_SECONDS)
            if until(lambda number=one.number: world.load.acked(world.load.of(number)), _ACKED_SECONDS):  # type: ignore[misc]
                return one.number
            crowd.gone.discard(one.number)
    return None


def _by_operator(world: World, number: int, *, returns: bool) -> bool:
    before = world.load.of(number)
    world.operator.insist("erase", phone_of(number) if by_phone(number) else email_of(number), "--yes")
    world.erased.append(Erased(number, _naming(before), time.monotonic(), returns=returns))
    for one in before:
        world.load.later(one, _DUPLICATES_WITHIN)
        world.proof["duplicates of erased persons"] += 1
    return True


def _naming(occurrences: Iterable[Occurrence]) -> frozenset[Key]:
    """Return the events that say who it was; of the others nobody can know."""
    return frozenset(one.key for one in occurrences if one.identities)


def _for_good(world: World, number: int) -> bool:
    return _by_operator(world, number, returns=False)


def _who_comes_back(world: World, number: int) -> bool:
    done = _by_operator(world, number, returns=True)
    world.load.crowd.come_back(number)
    return done


def _on_request(world: World, number: int) -> bool:
    """The shop asks for it; when it is done, only the end tells."""
    before = world.load.of(number)
    if not world.load.send(world.load.crowd.asks_to_be_forgotten(number)):
        return False
    world.erased.append(Erased(number, _naming(before)))
    for one in before:
        world.load.later(one, _DUPLICATES_WITHIN)
    return True

"""A payload cut down to where a person may be, so that no payload whatever takes long to look through."""

from collections import deque
from itertools import islice
from typing import Any

from app.payload import Payload

_WIDEST = 1_000  # members of one list or object: no form has more fields, and no person as many addresses
_MOST = 10_000  # members in all: what is left out lies deepest, such as the last of thousands of order lines


def outline(payload: Payload) -> Payload:
    """Return a copy of ``payload`` without what is beyond all measure; what every real sender sends is all there."""
    root: list[Any] = [payload]
    places, left = deque[Any]([root]), _MOST
    while places:
        place = places.popleft()
        for name, inner in enumerate(place) if isinstance(place, list) else place.items():
            if isinstance(inner, list | dict):
                kept = _first(inner, min(left, _WIDEST))
                left -= len(kept)
                place[name] = kept  # no name is new, so the object may be looked through meanwhile
                places.append(kept)
    return root[0]


def _first(members: list[Any] | dict[str, Any], most: int) -> list[Any] | dict[str, Any]:
    return members[:most] if isinstance(members, list) else dict(islice(members.items(), most))

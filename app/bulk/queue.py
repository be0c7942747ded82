"""One org's people for bulk calls, as they are found in the queue."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from app.bridge import Bridge
from app.bulk.folding import Wish, fold
from app.bulk.throttle import MOST, Throttle
from app.upstream import Upstream

if TYPE_CHECKING:
    from app.store.newcomers import Place

FEWEST = 10  # people that are worth two requests
_PAGE = (100, 1_000)  # events that are read at once: no fewer, and no more
_AGAIN = timedelta(seconds=30)


class Queue:
    """Looks through an org's queue from where it was left: whoever has to go alone is not looked at each time.

    Now and then, and after ``rewind``, it begins anew: some may have been busy, and are free now.
    """

    def __init__(self, org: str, bridge: Bridge, upstream: Upstream, monotonic: Callable[[], float]) -> None:
        self._org, self._bridge, self._upstream, self._monotonic = org, bridge, upstream, monotonic
        self._place: Place | None = None
        self._began = monotonic()
        self.ended = False  # whether there were no more

    def rewind(self) -> None:
        self._place, self._began = None, self._monotonic()

    def groups(self, throttle: Throttle, without: Collection[str]) -> Iterator[list[Wish]]:
        """Yield people for one call each, first come first; ``without`` names sources that are left out."""
        by_segment: dict[str | None, list[Wish]] = defaultdict(list)
        for wish in self._wishes(throttle, without):
            by_segment[wish.segment_id].append(wish)
        for wishes in by_segment.values():
            for start in range(0, len(wishes), MOST):
                if len(group := wishes[start : start + MOST]) >= FEWEST:
                    yield group

    def _wishes(self, throttle: Throttle, without: Collection[str]) -> list[Wish]:
        if self._monotonic() - self._began >= _AGAIN.total_seconds():
            self.rewind()
        found: list[Wish] = []
        self.ended = False
        while len(found) < throttle.size and not self.ended:
            most = min(max(_PAGE[0], throttle.size - len(found)), _PAGE[1])
            page = self._bridge.store.newcomers.page(self._org, self._bridge.now(), most, self._place, without)
            wishes = [fold(claim, self._bridge, self._upstream) for claim in page.claims]
            found += [wish for wish in wishes if wish and (throttle.phones or "phone" not in wish.channel)]
            self._place, self.ended = page.end, page.last
        return found

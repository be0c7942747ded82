"""From when on a delivery is clocked: what an operator or a replay added to the wait is not the bridge's."""

from collections.abc import Collection
from datetime import datetime

from app.store import Claim

Names = Collection[tuple[str, str]]  # ("org", its name) and ("source", its name)


class Clocking:
    """Watches what is paused, and remembers when it was resumed last. A resume before the process began is not seen."""

    def __init__(self) -> None:
        self._paused: Names = frozenset()
        self._resumed: dict[tuple[str, str], datetime] = {}

    def watch(self, paused: Names, now: datetime) -> None:
        """Look at what is paused at this moment; call it often."""
        self._resumed |= {name: now for name in self._paused if name not in paused}
        self._paused = paused

    def began(self, claim: Claim) -> datetime:
        """Return when the wait for a delivery began: with the 200, its last replay, or the end of a pause."""
        resumed = (self._resumed.get(name) for name in (("org", claim.org), ("source", claim.source)))
        return max(moment for moment in (claim.received_at, claim.replayed_at, *resumed) if moment)

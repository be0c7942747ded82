"""How many people go into a bulk call, and how long there is none after trouble."""

from datetime import timedelta

from app.bulk.batch import Outcome
from app.errors import ConflictError, KeyRefusedError, PermanentError, PutOffError, RateLimitedError

FIRST, MOST = 100, 2_000  # people; five hundred calls of so many a minute are more than anybody can prepare
_A_WHILE, _LONG = timedelta(minutes=1), timedelta(hours=1)
_REFUSALS = (PermanentError, ConflictError, KeyRefusedError)  # there is no such call, or it is not for this key
_BAD_REQUESTS, _TOO_LARGE, _NOT_IMPLEMENTED = (400, 422), 413, 501


class Throttle:
    """One org's. Calls begin small and double while they take less than ``quick`` seconds; after one whose end is
    not known they begin small again, because everybody in it has to be looked up.
    """

    def __init__(self, quick: float) -> None:
        self.size, self._most, self._quick = FIRST, MOST, quick
        self.phones = True  # whether channels may say a phone number, which the dry run's reference does not show
        self._failures = 0

    def heed(self, outcome: Outcome) -> timedelta | None:
        """Note how a batch ended; return how long people should be created one by one, if at all."""
        trouble = outcome.trouble
        if trouble is None:
            return self._went(outcome)
        if isinstance(trouble, PutOffError | RateLimitedError):  # nothing that a bulk call is to blame for
            return None
        if trouble.status == _TOO_LARGE and self.size > FIRST:
            self.size = self._most = max(FIRST, self.size // 2)
            return None
        if outcome.phones and trouble.status in _BAD_REQUESTS:
            self.phones = False
            return None
        if isinstance(trouble, _REFUSALS) or trouble.status == _NOT_IMPLEMENTED:
            return _LONG
        self.size = FIRST
        self._failures += 1
        pause: timedelta = min(_A_WHILE * 2 ** min(self._failures - 1, 10), _LONG)
        return max(pause, timedelta(seconds=trouble.retry_after or 0))

    def _went(self, outcome: Outcome) -> timedelta | None:
        if outcome.created * 2 < outcome.asked:  # each has to be looked up, which costs as much as creating each
            self.size = FIRST
            return _LONG
        self._failures = 0
        if outcome.seconds > 3 * self._quick:
            self.size = max(FIRST, self.size // 2)
        elif outcome.seconds < self._quick and outcome.asked * 2 > self.size:
            self.size = min(self._most, self.size * 2)
        return None

"""One bulk create, from claims that are ours to how each of them ended.

First comes the dry run, which the reference has: it tells whether the upstream understands, and who is new. Only
they are created. Whoever it knows, or says nothing clear of, is looked up before anything is sent for them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.bridge import Bridge
from app.bulk.answers import Word, contact_in
from app.bulk.calls import BULK, DRY_RUN, Said, ask
from app.bulk.folding import Wish
from app.conversation import Conversation
from app.errors import PutOffError, TemporaryError, UnknownOutcomeError, UpstreamError
from app.outcomes import settle
from app.remote import RemoteContact
from app.store import Claim, Settlement
from app.upstream import Upstream
from app.webhook import EventStatus

_NOT_TOLD = "the answer to a bulk create does not tell of this person's contact"


@dataclass
class Outcome:
    """How a batch ended. ``back``: claims for whom nothing was sent, to be freed as if nobody had been there.

    ``trouble`` is the error that stopped it, ``seconds`` what its slower request took. ``asked`` is how many were
    to be created, ``created`` how many of them are known to be. ``phones``: some of the channels said a phone number.
    """

    settlements: list[Settlement] = field(default_factory=list)
    back: list[Claim] = field(default_factory=list)
    trouble: UpstreamError | None = None
    asked: int = 0
    created: int = 0
    seconds: float = 0.0
    phones: bool = False


class _Told(Conversation):
    """A delivery's conversation when its create has ended already, in bulk. Whatever else it asks for is put off."""

    end: RemoteContact | UpstreamError

    def create(self, channel: Mapping[str, str], _ids: tuple[str, ...], _idempotency_key: str) -> RemoteContact:
        if "contact_id" in channel:
            self._call()
        if isinstance(self.end, UpstreamError):
            raise self.end
        return self.end

    def _call(self, *_: Any) -> Any:
        raise PutOffError("created in bulk; what else is new goes out by itself")


class Batch:
    """People of one org, whose contacts join the same segment or none. ``pace`` is called before each of the two
    requests, and none goes out unless ``ours()``."""

    def __init__(
        self,
        bridge: Bridge,
        upstream: Upstream,
        wishes: Sequence[Wish],
        pace: Callable[[], None],
        ours: Callable[[], bool],
    ) -> None:
        self._bridge, self._upstream, self._pace, self._ours = bridge, upstream, pace, ours
        self._org, self._wishes = bridge.config.orgs[wishes[0].claim.org], wishes
        self._outcome = Outcome(phones=any("phone" in wish.channel for wish in wishes))

    def run(self) -> Outcome:
        """Create those who are new. Whatever happens, everybody is in the outcome once."""
        began, clock = self._bridge.now(), time.monotonic()
        try:
            said = self._ask(DRY_RUN, self._wishes)
        except UpstreamError as error:
            self._not_sent(DRY_RUN, self._wishes, error, began, clock)
            return self._outcome
        new = []
        for wish, word in zip(self._wishes, said.words, strict=True):
            if word and word.kind == "created":
                new.append(wish)
            else:
                self._leave(wish, word, said)
        if new:
            self._create(new)
        return self._outcome

    def _create(self, new: Sequence[Wish]) -> None:
        began, clock = self._bridge.now(), time.monotonic()
        self._outcome.asked = len(new)
        try:
            said = self._ask(BULK, new)
        except UnknownOutcomeError as error:
            self._outcome.trouble = error
            nothing = Said(BULK, began, time.monotonic() - clock, len(new), status=error.status, error=str(error))
            for wish in new:
                self._end(wish, UnknownOutcomeError(str(error)), nothing)
        except UpstreamError as error:
            self._not_sent(BULK, new, error, began, clock)
        else:
            for wish, word in zip(new, said.words, strict=True):
                self._made(wish, word, said)

    def _ask(self, path: str, wishes: Sequence[Wish]) -> Said:
        self._pace()
        if not self._ours():
            raise PutOffError("put off: the process lost its hold on these people")
        clock = time.monotonic()
        try:
            return ask(self._upstream, self._org, path, wishes)
        finally:
            self._outcome.seconds = max(self._outcome.seconds, time.monotonic() - clock)

    def _not_sent(self, path: str, wishes: Sequence[Wish], error: UpstreamError, began: datetime, clock: float) -> None:
        """Nothing was done: the first one's attempt says why, and the others are as if nothing had been."""
        self._outcome.trouble = error
        shown = 0 if isinstance(error, PutOffError) else 1
        self._outcome.back += [wish.claim for wish in wishes[shown:]]
        for wish in wishes[:shown]:
            nothing = Said(path, began, time.monotonic() - clock, len(wishes), status=error.status, error=str(error))
            self._end(wish, PutOffError(f"not created in bulk: {error}"), nothing)

    def _leave(self, wish: Wish, word: Word | None, said: Said) -> None:
        """Somebody whom the dry run does not call new."""
        if word and word.kind == "invalid":
            self._end(wish, TemporaryError("refused in bulk; it is tried by itself"), said, word)
            return
        self._end(wish, PutOffError("not new to the upstream: looked up before anything is sent"), said, word)
        last = self._outcome.settlements[-1]
        self._outcome.settlements[-1] = replace(last, person=replace(last.person, uncertain=True))

    def _made(self, wish: Wish, word: Word | None, said: Said) -> None:
        if word and word.kind == "invalid":
            self._leave(wish, word, said)
            return
        contact = contact_in(word, wish) if word and word.kind == "created" else None
        self._outcome.created += contact is not None
        self._end(wish, contact or UnknownOutcomeError(_NOT_TOLD), said, word)

    def _end(self, wish: Wish, end: RemoteContact | UpstreamError, said: Said, word: Word | None = None) -> None:
        told = _Told(self._upstream, self._org, self._ours, [said.part(wish, word)])
        told.end = end
        settlement = settle(self._bridge.delivering(wish.claim, told), self._bridge.now)
        attempt = replace(settlement.attempt, started_at=said.began, duration_ms=said.ms)
        if settlement.status is EventStatus.DELIVERED:
            settlement = replace(settlement, reason=f"{settlement.reason} in bulk")
        self._outcome.settlements.append(replace(settlement, attempt=attempt))

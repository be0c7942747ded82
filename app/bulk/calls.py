"""The two requests of a bulk create, and what of each is written down with every one of its events."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.answers import judge
from app.bulk.answers import Word, words_for
from app.bulk.folding import Wish
from app.config.model import Org
from app.conversation import Call
from app.errors import PermanentError, UnknownOutcomeError
from app.upstream import Upstream

DRY_RUN, BULK = "/bulk/dry", "/bulk"  # only the first is in the reference; the second is the same without "dry"
_LARGEST = 64 * 1024 * 1024  # bytes of an answer: ten thousand contacts are some ten million
_UNREADABLE = "the upstream's answer to a bulk create cannot be read"


@dataclass(frozen=True)
class Said:
    """What a request was answered, person by person: None for whom it says nothing clear."""

    path: str
    began: datetime
    seconds: float
    people: int
    words: Sequence[Word | None] = ()
    status: int | None = None
    error: str | None = None

    @property
    def ms(self) -> int:
        return round(self.seconds * 1000)

    def part(self, wish: Wish, word: Word | None) -> dict[str, Any]:
        """Return one person's part of the exchange: no event holds what was sent for all the others."""
        exchange = {
            "method": "POST", "path": f"/contacts{self.path}", "query": None, "body": _body([wish]),
            "people": self.people, "ms": self.ms, "status": self.status,
        }  # fmt: skip
        if self.error:
            return {**exchange, "error": self.error}
        return {**exchange, "answer": json.dumps({word.kind: [word.row]})[:4000] if word else None}


def ask(upstream: Upstream, org: Org, path: str, wishes: Sequence[Wish]) -> Said:
    """Send one of the two requests. Raises `UpstreamError`; `UnknownOutcomeError` for the create only."""
    dry, began, clock = path == DRY_RUN, upstream.now(), time.monotonic()
    key = None if dry else _key(wishes)
    call = Call("POST", path, body=_body(wishes), idempotency_key=key, repeatable=dry, largest=_LARGEST)
    answer = upstream.send(org, call)
    words = words_for(judge(answer, repeatable=dry, now=upstream.now()), wishes)
    if words is None or (dry and not any(words)):
        raise PermanentError(_UNREADABLE) if dry else UnknownOutcomeError(_UNREADABLE)
    return Said(path, began, time.monotonic() - clock, len(wishes), words, answer.status)


def _body(wishes: Sequence[Wish]) -> dict[str, Any]:
    body: dict[str, Any] = {"channels": [wish.channel for wish in wishes]}
    return {**body, "segment_id": wishes[0].segment_id} if wishes[0].segment_id else body


def _key(wishes: Sequence[Wish]) -> str:
    events = "\n".join(f"{wish.claim.source}\n{wish.claim.event_id}" for wish in wishes)
    return hashlib.sha256(events.encode()).hexdigest()[:32]

"""Which events a bulk create can stand in for: those whose whole delivery would be one ordinary create."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.bridge import Bridge
from app.conversation import Call, Conversation
from app.errors import UpstreamError
from app.remote import RemoteContact, identities_in
from app.store import Claim
from app.upstream import Upstream


@dataclass(frozen=True)
class Wish:
    """A claim, and the channel that stands for it in a bulk call. ``segment_id`` is the call's: it has one at most."""

    claim: Claim
    channel: Mapping[str, str]
    segment_id: str | None

    @property
    def identities(self) -> frozenset[tuple[str, str]]:
        return frozenset(identities_in(self.channel))


class _OtherwiseError(UpstreamError):
    """It takes something else than one create."""


class _Rehearsal(Conversation):
    """Answers one create as an upstream would that has nobody yet, and ends a delivery that asks for anything else."""

    wish: tuple[Mapping[str, str], tuple[str, ...]] | None = None

    def create(self, channel: Mapping[str, str], segment_ids: tuple[str, ...], _idempotency_key: str) -> RemoteContact:
        if self.wish:
            raise _OtherwiseError("a second channel")
        self.wish = (channel, segment_ids)
        identities = frozenset(identities_in(channel))
        return RemoteContact("rehearsed", channel.get("name"), identities=identities, segment_ids=segment_ids)

    def _call(self, call: Call, read: Any) -> Any:  # noqa: ARG002 -- a conversation's
        raise _OtherwiseError(call.method)


def fold(claim: Claim, bridge: Bridge, upstream: Upstream) -> Wish | None:
    """Return what a bulk call would have to say, or None if the event must go by itself.

    The delivery itself is asked, so that every rule about people and consent is where it always was. Somebody
    without an e-mail address goes alone: who has only a phone cannot be looked up.
    """
    rehearsal = _Rehearsal(upstream, bridge.config.orgs[claim.org], lambda: True)
    try:
        bridge.delivering(claim, rehearsal).run()
    except UpstreamError:
        return None
    channel, segment_ids = rehearsal.wish or ({}, ())
    if len(segment_ids) > 1 or not channel.get("email"):
        return None
    return Wish(claim, {"type": "email", **channel}, segment_ids[0] if segment_ids else None)

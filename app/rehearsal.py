"""Rehearsing deliveries: what would go out for an event under today's mapping. Nothing is sent, nothing is written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.answers import Answer
from app.bridge import Bridge
from app.config.model import Org
from app.contact import Contact
from app.conversation import Call, Conversation
from app.mapping import Mapped
from app.store import Claim, Kept, Person
from app.store.people import identities_of
from app.store.unreadable import REASON, missing_keys
from app.upstream import Upstream
from app.webhook import EventStatus

_NEW = "new-contact"  # stands for the id that the upstream would give


class NobodyThere(Upstream):
    """In place of the upstream: answers every request as if it had been carried out, and finds nobody."""

    def conversation(self, org: Org, ours: Callable[[], bool] = lambda: True) -> Conversation:  # noqa: ARG002 -- nobody is leased
        return super().conversation(org)

    def send(self, org: Org, call: Call) -> Answer:  # noqa: ARG002 -- an upstream's
        if call.method == "GET":
            return Answer(200, {}, "[]")
        body = call.body or {}
        channel = body.get("channel", {})
        segments = [{"id": segment} for segment in body.get("segment_ids", ())]
        contact = {"id": channel.get("contact_id", _NEW), "name": channel.get("name"), "segments": segments}
        return Answer(200, {}, json.dumps({**contact, "channels": [dict(channel)]}))


@dataclass(frozen=True)
class Rehearsed:
    """What would become of an event if the upstream agreed, and the requests (method, path, query, body) for it.

    ``looks_first``: a look-up would come first, and the requests are those that go out if it finds nobody.
    ``fetches_first``: its sender would be asked first, so nothing can be said yet.
    ``missing`` are the marks of the keys without which its person cannot be read.
    """

    status: EventStatus
    reason: str | None
    requests: tuple[Mapping[str, Any], ...] = ()
    looks_first: bool = False
    fetches_first: bool = False
    missing: frozenset[str] = frozenset()


class Rehearsals:
    """Rehearses events one after the other: each as if those before it had been delivered."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge, self._people = bridge, bridge.store.people
        self._upstream = NobodyThere(bridge.config.upstream, bridge.now)
        self._owners: dict[tuple[str, str, str], int] = {}  # org, kind, value: as it would be by now
        self._persons: dict[int, Person] = {}

    def rehearse(self, kept: Kept) -> Rehearsed:
        """Return what would become of an event."""
        org, mapped = self._bridge.map(kept.event)
        if mapped.status is not EventStatus.PENDING or mapped.contact is None:
            return Rehearsed(mapped.status, mapped.reason, fetches_first=mapped.status is EventStatus.PENDING)
        person = self._person(org, mapped.contact)
        if missing := missing_keys([person.name, *(value for _, value in person.identities)]):
            return Rehearsed(EventStatus.FAILED, REASON, missing=missing)
        settlement = self._bridge.deliver(self._claim(kept, org, mapped, person), self._upstream)
        self._persons[person.id] = settlement.person
        self._owners |= {(org, *identity): person.id for identity in person.identities}
        asked = settlement.attempt.exchanges
        writes = tuple(_request(exchange) for exchange in asked if exchange["method"] != "GET")
        looks_first = bool(asked) and asked[0]["method"] == "GET"
        return Rehearsed(settlement.status, settlement.reason, writes, looks_first)

    def _person(self, org: str, contact: Contact) -> Person:
        """The person that the contact would be tied to: the owner of its strongest identity, or somebody new."""
        named = identities_of(contact).items()
        supposed = {(k, v): self._owners[org, k, v] for k, v in named if (org, k, v) in self._owners}
        owners = {**self._people.owners(org, contact), **supposed}
        person_id = next((owners[identity] for identity in named if identity in owners), None)
        if person_id is None:
            person = Person(-len(self._persons) - 1)
        else:
            person = self._persons.get(person_id) or self._people.person(person_id)
        theirs = {identity for identity in named if owners.get(identity, person.id) == person.id}
        return replace(person, identities=person.identities | theirs)

    def _claim(self, kept: Kept, org: str, mapped: Mapped, person: Person) -> Claim:
        assert mapped.contact
        assert mapped.meaning
        event = kept.event
        return Claim(
            row=kept.row, source=event.source, event_id=event.event_id, occurred_at=event.occurred_at,
            received_at=kept.received_at, org=org, contact=mapped.contact, meaning=mapped.meaning, attempts=0,
            first_attempt_at=None, person=person, owner="",
        )  # fmt: skip


def _request(exchange: Mapping[str, Any]) -> dict[str, Any]:
    return {name: exchange[name] for name in ("method", "path", "body")}

"""A bridge whose events come, are mapped and end as a test says; everybody is invented."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.bridge import Bridge
from app.config import Config, loads
from app.store import Attempt, Claim, Filter, Settlement, Store
from app.webhook import EventStatus, Webhook

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # when the clock begins
_SOURCE = """
[sources.{name}]
provider = "relay"
auth = "none"
org = "{org}"
event_id = "id"
event_type = "type"
[sources.{name}.contact]
user_id = "user"
name = "name"
email = "email"
phone = "phone"
consent = "yes"
"""


def configuration(more: str = "") -> Config:
    text = '[orgs.main]\napi_key = "key-of-main"\n[orgs.other]\napi_key = "key-of-other"\n' + more
    sources = {"landing": "main", "shop": "main", "branch": "other"}
    return loads(text + "".join(_SOURCE.format(name=name, org=org) for name, org in sources.items()), {}, Path())


class Desk:
    """Everything that happens in a bridge, step by step."""

    def __init__(self, store: Store, clock: Any, config: Config | None = None) -> None:
        self.store, self.clock = store, clock
        self.bridge = Bridge(config or configuration(), store, clock)

    def arrive(self, event_id: str, source: str = "landing", **payload: Any) -> None:
        """Receive and map one event."""
        body = {"id": event_id, "type": "signup", "email": f"{event_id}@example.com", **payload}
        headers = {"content-type": "application/json"}
        self.bridge.receive(source, Webhook(body=json.dumps(body).encode(), headers=headers))
        self.map()

    def map(self) -> None:
        while self.store.received.map(self.bridge.map, self.clock()):
            pass

    def settle(self, status: EventStatus = EventStatus.DELIVERED, took: int = 12, most: int = 99) -> None:
        """Let what waits end like this."""
        while claims := self.store.claims.claim(self.clock(), most, ["main", "other"]):
            self._end(claims, status, took)

    def _end(self, claims: Sequence[Claim], status: EventStatus, took: int) -> None:
        for claim in claims:
            body = {"channel": {"email": claim.contact.email}, "segment_ids": []}
            exchange = {"method": "POST", "path": "/contacts", "query": None, "body": body, "status": 200}
            person = claim.person
            if status is EventStatus.DELIVERED:
                consent = claim.contact.consent or person.consent
                name = claim.contact.name or person.name
                person = replace(person, contact_id=f"c{person.id}", name=name, consent=consent)
            attempt = Attempt(self.clock(), took, status.value, None, [exchange])
            self.store.claims.settle(Settlement(claim, status, person, attempt, reason="for a test"))

    def deliver(self, event_id: str, source: str = "landing", **payload: Any) -> None:
        self.arrive(event_id, source, **payload)
        self.settle()

    def fail(self, event_id: str, source: str = "landing", **payload: Any) -> None:
        self.arrive(event_id, source, **payload)
        self.settle(EventStatus.FAILED)

    def later(self, **span: float) -> None:
        self.clock.time += timedelta(**span)

    def event(self, event_id: str) -> dict[str, Any]:
        (found,) = self.store.log.events(Filter(event_ids=[event_id]))
        return found

    def statuses(self) -> dict[str, str]:
        return {row["event_id"]: row["status"] for row in self.store.log.events(Filter(), 1000)}

    def actions(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What was written down, oldest first."""
        return [(each.who, each.what, dict(each.details)) for each in self.store.actions.newest()[::-1]]

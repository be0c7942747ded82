"""What the tests of bulk delivery share: an org that allows it, people who sign up, and one run at a time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from delivery_kit import Rig, config

from app.config import Config
from app.sandbox import SandboxServer
from app.store import Store
from app.webhook import Webhook

CROWD = 12  # people that are worth a bulk call
DRY, BULK = "POST contacts/bulk/dry", "POST contacts/bulk"
NOBODY: frozenset[str] = frozenset()


def bulk_config(base_url: str, upstream: str = "") -> Config:
    """The usual one, with an org that allows bulk calls."""
    settings = config(base_url, upstream)
    return replace(settings, orgs={**settings.orgs, "main": replace(settings.orgs["main"], bulk=True)})


class BulkRig(Rig):
    """A rig whose org allows bulk calls. `bulk` makes one run, and nothing goes out by itself meanwhile."""

    def __init__(self, store: Store, sandbox: SandboxServer, clock: Any, upstream: str = "") -> None:
        super().__init__(store, sandbox, clock, bulk_config(sandbox.url, upstream))

    def crowd(self, count: int = CROWD, source: str = "form", people: int | None = None, **parts: Any) -> list[str]:
        """Somebody signs up, ``count`` times, all in one webhook; return the events' ids.

        They are new, or else numbered from ``people`` on.
        """
        numbers = range(self._numbers + 1, self._numbers + count + 1)
        shift = 0 if people is None else people - self._numbers - 1
        self._numbers += count
        at = self.clock().isoformat()
        body = json.dumps([{"id": f"e{n}", "at": at, **person(n + shift), **parts} for n in numbers])
        self.bridge.receive(source, Webhook(body=body.encode(), headers={"content-type": "application/json"}))
        return [f"e{number}" for number in numbers]

    def map(self) -> None:
        while self.store.received.map(self.bridge.map, self.clock()):
            pass

    def bulk(self) -> None:
        self.map()
        self.delivery.bulk.run("main", NOBODY)

    def in_bulk(self) -> list[str]:
        """The e-mail addresses in the bulk creates so far."""
        bodies = [r.body for r in self.sandbox.requests.all() if r.path.endswith("/bulk")]
        return [channel["email"] for body in bodies for channel in body["channels"]]

    def off(self, org: str = "main") -> bool:
        """Whether no run would begin now, however many wait."""
        return not self.delivery.bulk._off_until[org] <= self.clock().timestamp() + 2

    def emails(self) -> list[str]:
        """Of all contacts upstream, one address each."""
        return sorted(contact["channels"][0]["email"] for contact in self.contacts())


def person(number: int) -> Mapping[str, str]:
    return {"email": f"Person{number}@example.com", "name": f"Person {number}"}


def everybody(numbers: Iterator[int] | range) -> list[str]:
    return sorted(f"Person{number}@example.com" for number in numbers)

"""What the tests of delivery share: a whole bridge against the sandbox, driven step by step."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.bridge import Bridge, Receipt
from app.config import Config, loads
from app.delivery import Delivery
from app.sandbox import SandboxServer
from app.store import Filter, Store
from app.webhook import Reply, Webhook

KEY = "key-of-main"
KEYS = {KEY: "org_main", "key-of-other": "org_other"}
PATIENCE = 4.0  # seconds for an answer: on a busy machine even a prompt one takes a while
START = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
_DEADLINE = 20.0  # seconds of real time that nothing here ever takes

_SOURCE = """
[sources.{name}]
provider = "relay"
auth = "none"
org = "{org}"
event_id = "id"
event_type = "type"
occurred_at = "at"
consent = "{consent}"
segments = [{{ id = "seg_vip", when = "vip" }}, {{ id = "seg_new", when = "new" }}]
[sources.{name}.contact]
{contact}
"""
_PARTS = ("user_id", "name", "email", "phone", "contact_id", "consent", "consent_at")


def config(base_url: str, upstream: str = "", org_id: str = "c") -> Config:
    """Three sources of one org that look at consent in three ways, a second of the first kind, one of another org."""
    sources = {"form": "respect", "shop": "respect", "strict": "require", "loose": "ignore", "branch": "respect"}
    contact = "\n".join(f'{part} = "{part}"' for part in _PARTS)
    text = f'[upstream]\nbase_url = "{base_url}"\nread_timeout = {PATIENCE}\nconnect_timeout = {PATIENCE}\n{upstream}\n'
    text += f'[orgs.main]\napi_key = "{KEY}"\norg_id = "{org_id}"\n[orgs.other]\napi_key = "key-of-other"\n'
    for name, consent in sources.items():
        text += _SOURCE.format(name=name, consent=consent, contact=contact, org="other" if name == "branch" else "main")
    return loads(text, {}, Path())


class Rig:
    """A bridge, its delivery loop, and the sandbox that it delivers to. Time moves only when a test says so."""

    def __init__(self, store: Store, sandbox: SandboxServer, clock: Any, settings: Config) -> None:
        self.store, self.sandbox, self.clock = store, sandbox, clock
        self.bridge = Bridge(settings, store, clock)
        self.delivery = Delivery(self.bridge, clock, lambda: clock().timestamp())
        self._numbers = 0

    def add(self, source: str = "form", *, ago: float = 0, **payload: Any) -> str:
        """Receive one event, ``ago`` seconds old; return its id."""
        self._numbers += 1
        event_id = str(payload.pop("id", f"e{self._numbers}"))
        at = (self.clock() - timedelta(seconds=ago)).isoformat()
        body = json.dumps({"id": event_id, "at": at, **payload}).encode()
        webhook = Webhook(body=body, headers={"content-type": "application/json"})
        receipts = self.bridge.receive(source, webhook)
        assert not isinstance(receipts, Reply)
        assert isinstance(receipts[0], Receipt)
        return event_id

    def work(self) -> None:
        """Do all that can be done at this moment of the clock."""
        while self.delivery.work() or self.delivery._in_flight:
            wait_for(lambda: not self.delivery._in_flight)

    def deliver(self, source: str = "form", **payload: Any) -> dict[str, Any]:
        """Receive one event and try it once; return what became of it."""
        event_id = self.add(source, **payload)
        self.work()
        return self.event(event_id)

    def later(self, **span: float) -> None:
        self.clock.advance(**span)
        self.work()

    def finish(self, days: float = 10) -> None:
        """Let time pass until nothing waits any more."""
        until = self.clock() + timedelta(days=days)
        while self.waiting and self.clock() < until:
            self.later(minutes=5 if self.clock() < START + timedelta(hours=3) else 60)

    def replay(self, **which: Any) -> None:
        """Put events back and deliver them again; without a condition, all."""
        for _ in self.store.replays.batches(Filter(**which), self.clock()):
            self.work()

    def event(self, event_id: str) -> dict[str, Any]:
        return next(e for e in self.store.log.events(Filter(), 1000) if e["event_id"] == event_id)

    def attempts(self, event_id: str) -> list[dict[str, Any]]:
        return self.store.log.attempts(self.event(event_id)["source"], event_id)

    def statuses(self) -> dict[str, str]:
        return {e["event_id"]: e["status"] for e in self.store.log.events(Filter(), 1000)}

    @property
    def waiting(self) -> bool:
        return bool({"received", "pending"} & set(self.statuses().values()))

    def contacts(self, org: str = "org_main") -> list[dict[str, Any]]:
        """The contacts upstream, oldest first."""
        return self.sandbox.contacts[org].newest()[::-1]

    def calls(self) -> list[str]:
        """The requests since the last time that this was asked, such as ``POST /contacts``."""
        found = [f"{r.method} {r.path.split('/', 3)[3]}" for r in self.sandbox.requests.all()]
        self.sandbox.requests.clear()
        return found

    def bodies(self, method: str = "POST") -> list[Any]:
        return [r.body for r in self.sandbox.requests.all() if r.method == method]

    def hurry(self) -> None:
        """Wait only a moment for an answer: for answers that shall not come in time."""
        self.delivery.upstream._read = 0.5

    def close(self) -> None:
        for pool in (self.delivery._pool, self.delivery._bulk_pool):
            pool.shutdown(wait=True)
        self.delivery.upstream.close()


MakeRig = Callable[..., Rig]  # by the keys that its database is sealed with


def die(store: Store) -> None:
    """Give up the life that leases belong to, as a process that is killed does; a server takes a moment to see it."""
    lease = store.life.hold()
    store.life.close()
    wait_for(lambda: not store.life.alive(lease))


def wait_for(condition: Callable[[], object], seconds: float = _DEADLINE) -> None:
    """Wait for another thread to get there."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.001)


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def running(rig: Rig) -> Iterator[threading.Thread]:
    """The loop in a thread of its own; it must end when it is told to."""
    thread = threading.Thread(target=rig.delivery.run)
    thread.start()
    try:
        yield thread
    finally:
        rig.delivery.stop()
        thread.join(10)
        assert not thread.is_alive()

"""Events that were received and mapped before a command is run; everybody is invented."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.bridge import Bridge
from app.config import Config, load
from app.store import Arrival, Attempt, Store
from app.store.tables import metadata
from app.store.work import Settlement
from app.webhook import Event, EventStatus, Webhook

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def configuration(folder: Path) -> Config:
    return load(folder / "bridge.toml", {})


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store of the configuration in a folder."""
    with closing(Store(configuration(folder).server.database_url)) as store:
        store.migrate()
        yield store


def arrive(folder: Path, *payloads: dict[str, Any], now: datetime = NOW) -> None:
    """Receive and map payloads for ``landing``, as the configuration in the folder has it."""
    with opened(folder) as store:
        bridge = Bridge(configuration(folder), store, lambda: now)
        headers = {"content-type": "application/json", "authorization": "Bearer token-of-tests"}
        for payload in payloads:
            bridge.receive("landing", Webhook(body=json.dumps(payload).encode(), headers=headers))
        while store.received.map(bridge.map, now):
            pass


def settle(folder: Path, status: EventStatus = EventStatus.DELIVERED, now: datetime = NOW) -> None:
    """Let everything that waits end like this, with the create that was sent for it."""
    with opened(folder) as store:
        while claims := store.claims.claim(now, 99, ["main"]):
            for claim in claims:
                known = {"email": claim.contact.email, "name": claim.contact.name}
                body = {"channel": {name: value for name, value in known.items() if value}, "segment_ids": []}
                exchange = {"method": "POST", "path": "/contacts", "query": None, "body": body, "status": 200}
                person = claim.person
                if status is EventStatus.DELIVERED:
                    person = replace(person, contact_id="c1", name=claim.contact.name, sent=person.identities)
                attempt = Attempt(now, 5, status.value, exchanges=[exchange])
                store.claims.settle(Settlement(claim, status, person, attempt, reason="for a test"))


def pile(folder: Path, count: int) -> None:
    """Keep many events at once; none is mapped."""
    bodies = [(f"e{number:05}", json.dumps(lead(f"e{number:05}")).encode()) for number in range(count)]
    events = [Event("landing", event_id, "lead", NOW, body) for event_id, body in bodies]
    with opened(folder) as store:
        store.inbox.add(Arrival(NOW, [(event, EventStatus.RECEIVED, None) for event in events]))


def everything(folder: Path) -> dict[str, list[Any]]:
    """Every row of every table."""
    with opened(folder) as store, store.database.reading() as connection:
        return {name: list(connection.execute(table.select())) for name, table in metadata.tables.items()}


def lead(event_id: str, mail: str = "", **who: str) -> dict[str, Any]:
    return {"id": event_id, "type": "lead", "who": {"mail": mail or f"{event_id}@example.com", **who}}


def change(folder: Path, old: str, new: str) -> None:
    """Edit the configuration."""
    path = folder / "bridge.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@contextmanager
def interrupting_after_a_ring(folder: Path) -> Iterator[None]:
    """Press Ctrl-C when the first batch has rung the bell."""
    pipe = folder / "var" / "bridge.db.bell"
    os.mkfifo(pipe, 0o600)
    bell = os.open(pipe, os.O_RDWR)

    def press() -> None:
        os.read(bell, 1)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    yield
    thread.join(10)
    os.close(bell)

"""A configured bridge whose keys come and go; everybody is invented."""

import json
import os
from contextlib import closing
from pathlib import Path

from app import utc_now
from app.bridge import Bridge
from app.config import Config, load
from app.store import Store
from app.store.seal import Seal
from app.webhook import Webhook


def seal_with(folder: Path, *names: str) -> None:
    """Configure keys by the names of their variables; none at all takes the setting away."""
    text = (folder / "bridge.toml").read_text().partition("[server]")[0]
    keys = ", ".join(f'"${{env:{name}}}"' for name in names)
    (folder / "bridge.toml").write_text(text + (f"[server]\nencryption_key = [{keys}]\n" if names else ""))


MIRA = "mira@sealed.example"


def mark(variable: str) -> str:
    """Return the mark of a key."""
    return Seal([os.environ[variable]]).marks[0]


def open_store(config: Config) -> Store:
    """The database of a configuration, as a running bridge makes it."""
    store = Store(config.server.database_url, config.server.encryption_key)
    store.migrate()
    return store


def damage(folder: Path, event_id: str) -> None:
    """Cut off the end of a sealed payload."""
    config = load(folder / "bridge.toml", os.environ)
    with closing(open_store(config)) as store, store.database.writing() as connection:
        cut = "UPDATE events SET body = substr(body, 1, length(body) - 9) WHERE event_id = :event_id"
        connection.exec_driver_sql(cut, {"event_id": event_id})


def receive(folder: Path, event_id: str, mail: str = MIRA, **who: str) -> None:
    """Keep an event of Mira as a running bridge would, with the folder's configuration."""
    config = load(folder / "bridge.toml", os.environ)
    store = open_store(config)
    body = json.dumps({"id": event_id, "type": "signup", "who": {"mail": mail, **who}}).encode()
    headers = {"content-type": "application/json", "authorization": "Bearer token-of-tests"}
    bridge = Bridge(config, store, utc_now)
    bridge.receive("landing", Webhook(body=body, headers=headers))
    store.received.map(bridge.map, utc_now())
    store.close()

"""What all bridges of a scenario share: configuration, keys, clock, database, upstream."""

import base64
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.senders import LATE, SECRETS


@dataclass
class Setting:
    """What all bridges of a scenario share.

    ``rate_limit``: requests a minute. ``changed``: the configuration has a new segment and a new source.
    ``leaps``: when (monotonic) the clock went forward, so that a new minute began for the bridges.
    """

    folder: Path
    database_url: str
    upstream_port: int
    workers: int
    rate_limit: int
    sabotage: str = ""
    changed: bool = False
    keys: list[str] = field(default_factory=lambda: [new_key()])
    leaps: list[float] = field(default_factory=list)
    offset: float = 0.0

    @property
    def config(self) -> Path:
        return self.folder / "bridge.toml"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    def move_clock(self, seconds: float) -> None:
        """Put the clock of the bridges off by so many seconds."""
        if seconds > self.offset:
            self.leaps.append(time.monotonic())
        self.offset = seconds
        _replace(self.clock, str(seconds))

    def configure(self) -> None:
        """Write the configuration."""
        text = (
            f"[server]\ndatabase_url = {json.dumps(self.database_url)}\nworkers = {self.workers}\nthreads = 8\n"
            f"encryption_key = {json.dumps(self.keys)}\n"
            f'[upstream]\nbase_url = "http://127.0.0.1:{self.upstream_port}"\n'
            f"rate_limit = {self.rate_limit}\nread_timeout = 1.0\nconnect_timeout = 1.0\n"
            '[orgs.main]\napi_key = "key-of-the-soak"\nbulk = true\n'
            f'[sources.pay]\nprovider = "stripe"\nsecret = "{SECRETS["pay"]}"\nsegment_ids = ["seg_paying"]\n'
            f'[sources.shop]\nprovider = "shopify"\nsecret = "{SECRETS["shop"]}"\n'
        ) + _form("form", "seg_new" if self.changed else "")
        _replace(self.config, text + (_form(LATE, "seg_new") if self.changed else ""))


def new_key() -> str:
    """Return a key for encryption at rest."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _replace(path: Path, text: str) -> None:
    """Write a file that somebody may read at any moment."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    new.replace(path)


def _form(name: str, segment: str) -> str:
    segments = f'segment_ids = ["{segment}"]\n' if segment else ""
    return (
        f'[sources.{name}]\nprovider = "relay"\nauth = "bearer"\nsecret = "{SECRETS["form"]}"\nevent_id = "id"\n'
        + segments
    )

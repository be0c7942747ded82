"""What all bridges of a scenario share: configuration, clock, database, upstream."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.soak.senders import LATE, SECRETS


@dataclass
class Setting:
    """What all bridges of a scenario share. ``changed``: the configuration of the second half."""

    folder: Path
    database_url: str
    upstream_port: int
    workers: int
    sabotage: str = ""
    changed: bool = False

    @property
    def config(self) -> Path:
        return self.folder / "bridge.toml"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    def move_clock(self, seconds: float) -> None:
        new = self.folder / "clock.new"
        new.write_text(str(seconds))
        new.replace(self.clock)

    def configure(self) -> None:
        """Write the configuration."""
        text = (
            f"[server]\ndatabase_url = {json.dumps(self.database_url)}\nworkers = {self.workers}\nthreads = 8\n"
            f'[upstream]\nbase_url = "http://127.0.0.1:{self.upstream_port}"\n'
            "rate_limit = 100000\nread_timeout = 1.0\nconnect_timeout = 1.0\n"
            '[orgs.main]\napi_key = "key-of-the-soak"\n'
            f'[sources.pay]\nprovider = "stripe"\nsecret = "{SECRETS["pay"]}"\nsegment_ids = ["seg_paying"]\n'
            f'[sources.shop]\nprovider = "shopify"\nsecret = "{SECRETS["shop"]}"\n'
        ) + _form("form", "seg_new" if self.changed else "")
        self.config.write_text(text + (_form(LATE, "seg_new") if self.changed else ""))


def _form(name: str, segment: str) -> str:
    segments = f'segment_ids = ["{segment}"]\n' if segment else ""
    return (
        f'[sources.{name}]\nprovider = "relay"\nauth = "bearer"\nsecret = "{SECRETS["form"]}"\nevent_id = "id"\n'
        + segments
    )

"""A bridge that receives and one that delivers, as Prometheus sees them, with everything that may happen to them."""

import itertools
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from serve_process import BEARER, CONFIGURATION, SCRIPT, Served, lead, until

from app.sandbox import SandboxServer
from app.store import Hold, PauseKind, Store

FORGOTTEN = """
[sources.forgotten]
provider = "relay"
auth = "bearer"
secret = "another-token"
event_id = "id"
"""


@dataclass
class Watched:
    served: Served
    delivers: str  # HOST:PORT
    store: Store
    _rounds: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def addresses(self) -> list[str]:
        return [urlsplit(self.served.url).netloc, self.delivers]

    def receive(self) -> None:
        """Receive what is delivered, what fails, and what is refused: because of itself, and by a source each time."""
        number = next(self._rounds)
        for body in (lead(number), b'{"id": "nobody-%d"}' % number):
            self.served.post(body)
        self.served.ask("POST", "/hooks/landing", b"{", BEARER)
        for _ in range(3):
            self.served.ask("POST", "/hooks/forgotten", lead(number), BEARER)
        for status in ("delivered", "failed"):
            until(lambda status=status: self.store.log.counts().get(("landing", status)) == number)

    def be_held(self) -> None:
        """Be held by trouble, and by an operator."""
        now = datetime.now(UTC)
        self.store.pauses.pause(PauseKind.SOURCE, "landing", now)
        self.store.orgs.hold("main", Hold.DOWN, "HTTP 503", now)


@contextmanager
def watched(folder: Path, upstream: SandboxServer) -> Iterator[Watched]:
    url = f"sqlite:///{folder / 'bridge.db'}"
    text = CONFIGURATION.format(database_url=url, upstream_url=upstream.url) + FORGOTTEN
    with (
        Served(folder, text, "--no-delivery") as served,
        (folder / "delivered").open("wb") as out,
        subprocess.Popen([str(SCRIPT), "deliver", "--metrics", "0"], cwd=folder, stdout=out) as deliverer,
        closing(Store(url)) as store,
    ):
        try:
            told = (folder / "delivered").read_text
            yield Watched(served, until(lambda: re.search(r'"metrics": "([\d.:]+)"', told()))[1], store)
        finally:
            deliverer.terminate()
            upstream.reset()

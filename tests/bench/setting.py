"""What all sections share: where they work, the databases, and how much they measure."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.databases import Databases
from tests.bench.stored import Contents, fill


@dataclass(frozen=True)
class Size:
    """How much is measured: seconds of load a round, and how many of everything."""

    name: str
    warm_up: float
    seconds: float
    rounds: int  # of acknowledgements beside their ceiling
    few: int  # rounds of everything else
    events: int  # timed one by one
    starts: int
    deliveries: int  # a round
    mappings: int  # events that are mapped, a round
    drains: int  # rounds of deliveries
    whole_limits: int  # how many times the rate limit is used up
    limit: int  # requests a minute
    stored: int  # events of a large store
    claims: int  # rounds of claims
    signups: int  # that wait to be created in bulk
    without: tuple[str, ...] = ()  # sections that are left out unless they are asked for


FULL = Size(
    name="full",
    warm_up=1.0,
    seconds=1.5,
    rounds=9,
    few=4,
    events=150,
    starts=5,
    deliveries=2500,
    mappings=8000,
    drains=3,
    whole_limits=2,
    limit=500,
    stored=1_000_000,
    claims=40,
    signups=100_000,
)
QUICK = Size(
    name="quick",
    warm_up=0.2,
    seconds=0.5,
    rounds=3,
    few=1,
    events=30,
    starts=1,
    deliveries=300,
    mappings=2000,
    drains=1,
    whole_limits=1,
    limit=500,
    stored=20_000,
    claims=5,
    signups=4_000,
    without=("limit",),  # a minute is a minute
)


@dataclass(frozen=True)
class Setting:
    """``folder`` is on the disk that the databases are on."""

    folder: Path
    databases: Databases
    size: Size
    _large: dict[str, str] = field(default_factory=dict)

    @property
    def backlog(self) -> Contents:
        """What is in a large store: a tenth of it waits, half of it is old."""
        stored = self.size.stored
        return Contents(received=stored // 20, pending=stored // 20, settled=stored - stored // 20 * 2, old=stored // 2)

    def large(self, kind: str) -> str:
        """Return the URL of a large store; it is made when it is asked for first, for all sections."""
        if kind not in self._large:
            say(f"  … storing {self.size.stored} events, {kind}")
            url = self.databases.fresh(kind)
            fill(url, self.backlog)
            self._large[kind] = url
        return self._large[kind]


def say(text: str) -> None:
    """Tell whoever waits what is being measured."""
    sys.stderr.write(text + "\n")

"""The two stages of a scenario: trouble, then calm until everything has come to its end."""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.soak.bridges import until
from tests.soak.chaos import HOUR, KILLS, USUAL_FAULTS, Chaos
from tests.soak.load import Load
from tests.soak.stand_in import faults
from tests.soak.verdict import Verdict, waiting

_DRAIN_SECONDS, _QUIET_SECONDS = 30.0, 120.0


@dataclass(frozen=True)
class Lengths:
    """``kills`` in each scenario, and else: see `plan`, what lasts does so for ``seconds``; a ``pause`` before each.

    ``waiting``: events that an older version left. ``bridges`` on PostgreSQL; ``rate``: requests a second.
    """

    kills: int
    times: int
    pause: float
    seconds: float
    waiting: int
    bridges: int
    rate: float


FULL = Lengths(kills=26, times=2, pause=1.5, seconds=4.0, waiting=300, bridges=3, rate=200.0)
SHORT = Lengths(kills=4, times=1, pause=0.3, seconds=1.0, waiting=50, bridges=2, rate=100.0)


@dataclass
class Outcome:
    """What a scenario showed."""

    kind: str
    seed: str
    facts: dict[str, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    offered: float = 0.0
    acks: float = 0.0
    p99: float = 0.0
    unanswered: int = 0
    quiet: bool = False
    quiet_seconds: float = 0.0
    seconds: float = 0.0
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def kills(self) -> int:
        return sum(self.done[f"kill {kind}"] for kind in KILLS)

    @property
    def good(self) -> bool:
        return self.quiet and self.verdict.good


def trouble(chaos: Chaos, load: Load, lengths: Lengths, steps: Sequence[tuple[str, str]]) -> None:
    """Take the steps, one after the other, under load."""
    for bridge in chaos.bridges:
        bridge.wait()
    chaos.faults(USUAL_FAULTS)
    load.start()
    load.offer(lengths.rate)
    for what, which in steps:
        time.sleep(lengths.pause)
        _say(f"{what} {which}")
        if what == "kill":
            chaos.kill(which)
        else:
            chaos.happen(which, lengths.seconds)
    time.sleep(lengths.pause)


def calm(outcome: Outcome, chaos: Chaos, upstream: int) -> None:
    """Let everything come to its end. The clock goes on by three hours, so that no retry is to be waited for."""
    bridges, load, setting = chaos.bridges, chaos.load, chaos.bridges[0].setting
    outcome.faults = Counter(faults(upstream, 0.0))
    for bridge in bridges:
        bridge.wait()
    outcome.unanswered = load.finish(_DRAIN_SECONDS)
    for bridge in bridges:
        bridge.stop()
    setting.move_clock(3 * HOUR)
    for bridge in bridges:
        bridge.start()
    began = time.monotonic()
    outcome.quiet = until(lambda: not waiting(setting.database_url), _QUIET_SECONDS, every=0.5)
    outcome.quiet_seconds = time.monotonic() - began
    for bridge in bridges:
        bridge.stop()
    _note(outcome, chaos)


def _note(outcome: Outcome, chaos: Chaos) -> None:
    load, bridges = chaos.load, chaos.bridges
    outcome.statuses, outcome.p99 = load.statuses, _percentile(load.latencies, 99)
    outcome.offered, outcome.acks = load.offered / load.seconds, len(load.latencies) / load.seconds
    outcome.done = chaos.done
    outcome.facts = {
        "disk": chaos.disk.way,
        "database": chaos.database.durability,
        "refused while full": str(chaos.refused_while_full),
        "slowest stop": f"{max(max(bridge.stop_seconds, default=0.0) for bridge in bridges):.1f} s",
        "processes that outlived one": str(sum(bridge.stragglers for bridge in bridges)),
    }


def _percentile(numbers: list[float], percent: float) -> float:
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")

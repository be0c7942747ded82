"""The two stages of a scenario: trouble, then calm until everything has come to its end."""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.soak.bridges import until
from tests.soak.ends import waiting
from tests.soak.happenings import HAPPENINGS, HOUR
from tests.soak.plan import Lengths, Plan
from tests.soak.verdict import Verdict
from tests.soak.world import KILLS, NoTimeError, World

_RESENDING_SECONDS = 15.0
_LAST_SECONDS = 5.0  # of the budget, for the verdict
_FAULTY = 0.6  # of the time until then
_HOUR_SECONDS = 1.0  # how long an hour takes when all is over but the waiting


@dataclass
class Outcome:
    """What a scenario showed."""

    kind: str
    lengths: Lengths
    facts: dict[str, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    proof: Counter[str] = field(default_factory=Counter)
    skipped: list[str] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)  # errors of its own that a bridge logged
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    offered: float = 0.0
    acks: float = 0.0
    p99: float = 0.0
    unanswered: int = 0
    quiet: bool = False
    quiet_seconds: float = 0.0
    seconds: float = 0.0
    busiest: tuple[int, int] = (0, 0)  # requests within a minute: for sure, and at the most
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def kills(self) -> int:
        return sum(self.done[f"kill {kind}"] for kind in KILLS)

    @property
    def budget(self) -> float:
        return self.lengths.budgets[self.kind]

    @property
    def broken(self) -> bool:
        """Whether a promise was broken: to lose nothing, to make nobody twice, to forget, to stay below the limit."""
        return not self.verdict.good or self.busiest[0] > self.lengths.rate_limit

    @property
    def good(self) -> bool:
        """Whether none was, though all that was planned happened, did something, and came to its end in time.

        Nor did a bridge stumble over an error of its own, whatever came of it; the forms that are part of `make test`
        only tell of it.
        """
        planned = not self.unproved and (self.lengths.may_skip or not (self.skipped or self.bugs))
        in_time = self.quiet and not self.verdict.statuses["waiting"] and self.seconds <= self.budget
        return not self.broken and planned and in_time


def trouble(world: World, lengths: Lengths, plan: Plan) -> list[str]:
    """Let everything happen, one thing after the other, and kill meanwhile; return what there was no time for.

    Where the machine is slow, what happens is shorter.
    """
    for bridge in world.bridges:
        bridge.wait()
    world.faults(world.usual_faults)
    world.load.start()
    world.load.offer(lengths.rate)
    with ThreadPoolExecutor(1) as killer:
        spared = killer.submit(_kill, world, plan.kills, lengths.beat)
        skipped = []
        for number, what in enumerate(plan.happenings):
            left = (world.until - time.monotonic()) / (len(plan.happenings) - number)
            if left > 0 and _happened(world, what, min(lengths.pause, left)):
                world.done[what] += 1
            else:
                skipped.append(what)
        return skipped + spared.result()


def _happened(world: World, what: str, seconds: float) -> bool:
    _say(world, what)
    happen, _ = HAPPENINGS[what]
    try:
        with happen(world):
            time.sleep(seconds)
    except NoTimeError:
        return False
    return True


def _kill(world: World, kinds: Sequence[str], beat: float) -> list[str]:
    """Kill at regular intervals, or as soon as possible; return whom there was no time for."""
    began, spared = time.monotonic(), []
    for number, kind in enumerate(kinds, 1):
        time.sleep(max(0.0, began + number * beat - time.monotonic()))
        if time.monotonic() > world.until:
            spared.append(f"kill {kind}")
        else:
            world.kill(kind)
    return spared


def calm(world: World, outcome: Outcome, deadline: float) -> None:
    """Let everything come to its end, while an hour passes every second: no retry and no limit is to be waited for.

    The upstream's usual faults go on for as long as there is time.
    """
    for bridge in world.bridges:
        bridge.wait()
    began, last = time.monotonic(), deadline - _LAST_SECONDS
    outcome.unanswered = world.load.finish(min(_RESENDING_SECONDS, last - began))
    _quiet(world, began + _FAULTY * (last - began))
    outcome.faults = Counter(world.faults(0.0))
    outcome.quiet = _quiet(world, last)
    if outcome.quiet and world.done["key changed"]:  # to be the only one now
        world.until = last
        world.roll()
        outcome.quiet = _quiet(world, last)
    outcome.quiet_seconds = time.monotonic() - began


def _quiet(world: World, deadline: float) -> bool:
    """Wait until nothing waits any more; False if that took too long."""
    setting, over = world.setting, False
    while not over and (left := deadline - time.monotonic()) > 0:
        setting.move_clock(setting.offset + HOUR)
        over = until(lambda: world.idle and not waiting(setting.database_url), min(_HOUR_SECONDS, left), every=0.2)
    return over


def note(world: World, outcome: Outcome) -> None:
    """Write down what the senders saw, and how it went."""
    load, bridges = world.load, world.bridges
    outcome.statuses, outcome.p99 = load.statuses, _percentile(load.latencies, 99)
    outcome.offered, outcome.acks = load.offered / load.seconds, len(load.latencies) / load.seconds
    outcome.done, outcome.proof = world.done, world.proof
    outcome.facts = {
        "disk": world.disk.way,
        "database": world.database.durability,
        "slowest stop": f"{max(max(bridge.stop_seconds, default=0.0) for bridge in bridges):.1f} s",
        "processes that outlived one": str(sum(bridge.stragglers for bridge in bridges)),
        "bridges that ended by themselves": str(sum(bridge.ended_itself for bridge in bridges)),
    }


def _percentile(numbers: list[float], percent: float) -> float:
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


def _say(world: World, *what: str) -> None:
    sys.stderr.write(f"  {world.database.kind}: {', '.join(what)}\n")

"""One scenario from its first process to its verdict."""

import http.client
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.soak.verdict import Verdict, judge, settled, waiting
from tests.soak.bridges import Bridge, until
from tests.soak.chaos import HOUR, KILLS, USUAL_FAULTS, Chaos, plan
from tests.soak.databases import Databank, Postgresql, Sqlite, without_rate_limit
from tests.soak.disk import Disk
from tests.soak.ledger import Ledger
from tests.soak.load import Load
from tests.soak.people import Crowd
from tests.soak.setting import Setting
from tests.soak.upgrade import first_version

_DRAIN_SECONDS, _QUIET_SECONDS = 30.0, 120.0


@dataclass(frozen=True)
class Lengths:
    """``kills`` in each scenario, a ``pause`` (seconds) after each thing that happens, which lasts ``seconds``.

    ``waiting``: events that an older version left. ``bridges`` on PostgreSQL; ``rate``: requests a second.
    """

    kills: int
    pause: float
    seconds: float
    waiting: int
    bridges: int
    rate: float


FULL = Lengths(kills=26, pause=1.6, seconds=4.0, waiting=300, bridges=3, rate=200.0)
SHORT = Lengths(kills=4, pause=0.4, seconds=1.2, waiting=50, bridges=2, rate=100.0)


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


def run(kind: str, folder: Path, lengths: Lengths, seed: str, sabotage: str = "") -> Outcome:
    """Run one scenario: ``sqlite`` with one bridge, ``postgresql`` with three."""
    began, outcome = time.monotonic(), Outcome(kind, seed)
    folder.mkdir()
    with ExitStack() as stack:
        disk = stack.enter_context(closing(Disk(folder / "disk")))
        database: Databank = stack.enter_context(closing((Sqlite if kind == "sqlite" else Postgresql)(folder, disk)))
        upstream = stack.enter_context(_upstream(folder, seed))
        ledger = stack.enter_context(closing(Ledger(folder / "ledger")))
        crowd = Crowd(seed)
        old = crowd.waiting(lengths.waiting)
        first_version(database.url, old)
        stack.enter_context(without_rate_limit(database.url))
        for one in old:
            ledger.note(one.source, one.event_id, 200)
        workers, count = (2, 1) if kind == "sqlite" else (1, lengths.bridges)
        setting = Setting(folder, database.url, upstream, workers, sabotage)
        setting.configure()
        setting.move_clock(0)
        bridges = [Bridge(setting) for _ in range(count)]
        for bridge in bridges:
            stack.callback(bridge.kill)
            bridge.start()
        load = Load([bridge.port for bridge in bridges], crowd, ledger, seed)
        load.sent += old
        chaos = Chaos(bridges, database, disk, load, lambda odds: _faults(upstream, odds), Random(seed))
        _trouble(chaos, bridges, load, lengths, plan(kind, lengths.kills, Random(f"{seed} plan")))
        _calm(outcome, bridges, load, upstream, setting)
        outcome.facts = {"disk": disk.way, "database": database.durability}
        outcome.facts["refused while full"] = str(chaos.refused_while_full)
        outcome.done = chaos.done
        named = {(one.source, one.event_id): one.identities for one in load.sent}
        outcome.verdict = judge(ledger.acked(), settled(database.url), named, folder / "journal")
    outcome.seconds = time.monotonic() - began
    return outcome


def _trouble(
    chaos: Chaos, bridges: list[Bridge], load: Load, lengths: Lengths, steps: list[tuple[str, str]]
) -> None:
    for bridge in bridges:
        bridge.wait()
    chaos.outage(0.0)  # from now on, something goes wrong now and then
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


def _calm(outcome: Outcome, bridges: list[Bridge], load: Load, upstream: int, setting: Setting) -> None:
    """Let everything come to its end. The clock goes on by three hours, so that no retry is to be waited for."""
    outcome.faults = Counter(_faults(upstream, 0.0))
    for bridge in bridges:
        bridge.wait()
    outcome.unanswered = load.finish(_DRAIN_SECONDS)
    outcome.statuses, outcome.p99 = load.statuses, _percentile(load.latencies, 99)
    outcome.offered, outcome.acks = load.offered / load.seconds, len(load.latencies) / load.seconds
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


def _percentile(numbers: list[float], percent: float) -> float:
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


def _faults(port: int, probability: float) -> dict[str, Any]:
    """Say how often something goes wrong upstream; return what went wrong so far."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", "/_faults", json.dumps({"probability": probability}))
        return dict(json.loads(connection.getresponse().read()))


@contextmanager
def _upstream(folder: Path, seed: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.soak.upstream", str(folder / "journal"), seed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")

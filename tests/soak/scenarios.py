"""One scenario from its first process to its verdict."""

import time
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random

from tests.soak.bridges import Bridge
from tests.soak.chaos import Chaos, plan
from tests.soak.databases import Databank, Postgresql, Sqlite, without_rate_limit
from tests.soak.disk import Disk
from tests.soak.ledger import Ledger
from tests.soak.load import Load
from tests.soak.people import Crowd, Occurrence
from tests.soak.setting import Setting
from tests.soak.stages import Lengths, Outcome, calm, trouble
from tests.soak.stand_in import faults, stand_in
from tests.soak.upgrade import first_version
from tests.soak.verdict import judge, settled


def run(kind: str, folder: Path, lengths: Lengths, seed: str, *, sabotage: str = "", mount: bool = True) -> Outcome:
    """Run one scenario: ``sqlite`` with one bridge, ``postgresql`` with several."""
    began, outcome = time.monotonic(), Outcome(kind, seed)
    folder.mkdir()
    with ExitStack() as stack:
        disk = stack.enter_context(closing(Disk(folder / "disk", mount=mount)))
        database: Databank = stack.enter_context(closing((Sqlite if kind == "sqlite" else Postgresql)(folder, disk)))
        upstream = stack.enter_context(stand_in(folder, seed))
        ledger = stack.enter_context(closing(Ledger(folder / "ledger")))
        crowd = Crowd(seed)
        old = _upgraded(database, crowd, ledger, lengths.waiting)
        stack.enter_context(without_rate_limit(database.url))
        workers, count = (2, 1) if kind == "sqlite" else (1, lengths.bridges)
        bridges = _started(Setting(folder, database.url, upstream, workers, sabotage), count, stack)
        load = Load([bridge.port for bridge in bridges], crowd, ledger, seed)
        chaos = Chaos(bridges, database, disk, load, lambda odds: faults(upstream, odds), Random(seed))
        trouble(chaos, load, lengths, plan(kind, lengths.kills, lengths.times, Random(f"{seed} plan")))
        calm(outcome, chaos, upstream)
        named = {(one.source, one.event_id): one.identities for one in (*old, *load.sent)}
        outcome.verdict = judge(ledger.acked(), settled(database.url), named, folder / "journal")
    outcome.seconds = time.monotonic() - began
    return outcome


def _upgraded(database: Databank, crowd: Crowd, ledger: Ledger, count: int) -> list[Occurrence]:
    """Leave a database of the first version behind, with events that it acked; return them."""
    old = crowd.waiting(count)
    first_version(database.url, old)
    for one in old:
        ledger.note(one.source, one.event_id, 200)
    return old


def _started(setting: Setting, count: int, stack: ExitStack) -> list[Bridge]:
    setting.configure()
    setting.move_clock(0)
    bridges = [Bridge(setting) for _ in range(count)]
    for bridge in bridges:
        stack.callback(bridge.kill)
        bridge.start()
    return bridges

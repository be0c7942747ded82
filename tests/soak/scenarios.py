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
from tests.soak.people import Crowd
from tests.soak.setting import Setting
from tests.soak.stages import Lengths, Outcome, calm, trouble
from tests.soak.stand_in import faults, stand_in
from tests.soak.upgrade import first_version
from tests.soak.verdict import judge, settled


def run(kind: str, folder: Path, lengths: Lengths, seed: str, *, sabotage: str = "", mount: bool = True) -> Outcome:
    """Run one scenario: ``sqlite`` with one bridge, ``postgresql`` with three."""
    began, outcome = time.monotonic(), Outcome(kind, seed)
    folder.mkdir()
    with ExitStack() as stack:
        disk = stack.enter_context(closing(Disk(folder / "disk", mount=mount)))
        database: Databank = stack.enter_context(closing((Sqlite if kind == "sqlite" else Postgresql)(folder, disk)))
        upstream = stack.enter_context(stand_in(folder, seed))
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
        chaos = Chaos(bridges, database, disk, load, lambda odds: faults(upstream, odds), Random(seed))
        trouble(chaos, bridges, load, lengths, plan(kind, lengths.kills, lengths.times, Random(f"{seed} plan")))
        calm(outcome, bridges, load, upstream, setting)
        outcome.facts = {"disk": disk.way, "database": database.durability}
        outcome.facts["refused while full"] = str(chaos.refused_while_full)
        outcome.done = chaos.done
        named = {(one.source, one.event_id): one.identities for one in load.sent}
        outcome.verdict = judge(ledger.acked(), settled(database.url), named, folder / "journal")
    outcome.seconds = time.monotonic() - began
    return outcome

"""One scenario from its first process to its verdict."""

import time
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from random import Random

from tests.soak import arrivals, ends
from tests.soak.bridges import Bridge
from tests.soak.databases import Databank, Postgresql, Sqlite
from tests.soak.disk import Disk
from tests.soak.happenings import unproved
from tests.soak.ledger import Ledger
from tests.soak.load import Load
from tests.soak.nursery import Nursery, nursery
from tests.soak.operating import Operator
from tests.soak.people import Crowd, Occurrence
from tests.soak.plan import Lengths, plan
from tests.soak.setting import Setting
from tests.soak.stages import Outcome, calm, note, trouble
from tests.soak.stand_in import faults, stand_in
from tests.soak.upgrade import first_version
from tests.soak.verdict import heard_of, judge
from tests.soak.world import World

_REACHED = 0.9  # of the rate limit: tokens that nobody uses in time are lost


def run(kind: str, folder: Path, lengths: Lengths, seed: str, *, sabotage: str = "", mount: bool = True) -> Outcome:
    """Run one scenario: ``sqlite`` with one bridge, ``postgresql`` with several."""
    began, outcome = time.monotonic(), Outcome(kind, lengths)
    folder.mkdir()
    with ExitStack() as stack:
        disk = stack.enter_context(closing(Disk(folder / "disk", mount=mount)))
        database: Databank = stack.enter_context(closing((Sqlite if kind == "sqlite" else Postgresql)(folder, disk)))
        upstream = stack.enter_context(stand_in(folder, seed))
        ledger = stack.enter_context(closing(Ledger(folder / "ledger")))
        crowd = Crowd(seed)
        old = _upgraded(database, crowd, ledger, lengths.waiting)
        workers, count = (2, 1) if kind == "sqlite" else (1, lengths.bridges)
        setting = Setting(folder, database.url, upstream, workers, lengths.rate_limit, sabotage)
        young = stack.enter_context(nursery(setting))
        bridges = _started(setting, young, count, stack)
        load = Load([bridge.port for bridge in bridges], crowd, ledger, seed, old)
        hand = stack.enter_context(closing(Operator(setting, young, began + outcome.budget)))
        go_wrong = partial(faults, upstream)
        until = began + outcome.budget * lengths.trouble
        world = World(
            setting, bridges, database, disk, load, hand, go_wrong, Random(seed), lengths.faults, lengths.some, until
        )
        planned = plan(kind, lengths, Random(f"{seed} plan"))
        outcome.skipped = trouble(world, lengths, planned)
        calm(world, outcome, began + outcome.budget)
        note(world, outcome)
        _judge(world, outcome, ledger)
    outcome.seconds = time.monotonic() - began
    return outcome


def _upgraded(database: Databank, crowd: Crowd, ledger: Ledger, count: int) -> list[Occurrence]:
    """Leave a database of the first version behind, with events that it acked; return them."""
    old = crowd.waiting(count)
    first_version(database.url, old)
    for one in old:
        ledger.note(one.source, one.event_id, 200)
    return old


def _started(setting: Setting, young: Nursery, count: int, stack: ExitStack) -> list[Bridge]:
    setting.configure()
    setting.move_clock(0)
    bridges = [Bridge(setting, young) for _ in range(count)]
    for bridge in bridges:
        stack.callback(bridge.kill)
        bridge.start()
    return bridges


def _judge(world: World, outcome: Outcome, ledger: Ledger) -> None:
    folder, url = world.setting.folder, world.setting.database_url
    sent = {one.key: one for one in world.load.sent}
    ended = ends.settled(url, world.operator)
    verdict = outcome.verdict = judge(ledger.acked(), ended, sent, folder / "journal", world.erased)
    came = list(arrivals.read(folder / "arrivals"))
    kept = ends.payloads(url)
    for gone in world.erased:
        if not gone.returns:
            found = heard_of(gone, world.load.sent, kept, came)
            found += ["known to the bridge"] if ends.known(world.operator, gone.number) else []
            verdict.back += [f"person {gone.number}: {what}" for what in found]
    outcome.bugs = [
        f"{bug.get('error')} at {bug.get('where') or bug.get('thread') or bug.get('event_id')}"
        for bug in ends.told(folder, "bug")
    ]
    outcome.busiest = arrivals.most_in_a_minute([at for at, _ in came], world.setting.leaps)
    _prove(world, outcome)


def _prove(world: World, outcome: Outcome) -> None:
    """Add what only the end shows."""
    url, proof = world.setting.database_url, outcome.proof
    sealed, keys, plain = ends.sealed(url)
    outcome.facts["payloads"] = f"{sealed} sealed with {keys} key{'s' * (keys != 1)}, {plain} plain"
    proof["created in bulk"] = sum(call.get("delivered", 0) for call in ends.told(world.setting.folder, "bulk create"))
    proof["slow answers"] = outcome.faults.pop("slow", 0)
    proof["faults upstream"] = outcome.faults.total()
    if keys != 1 or plain:
        proof["values sealed anew"] = 0
    outcome.unproved = unproved(outcome.proof, outcome.done, world.impossible)
    if outcome.busiest[1] < _REACHED * outcome.lengths.rate_limit and not outcome.lengths.may_skip:
        outcome.unproved.append("rate limit")

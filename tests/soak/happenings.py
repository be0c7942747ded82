"""What happens to a bridge. Each begins, lasts for as long as others find something to kill meanwhile, and ends.

By its name goes what proves that it did something (`World.proof`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager

from tests.soak.bridges import until
from tests.soak.databases import Postgresql
from tests.soak.ends import received_ahead, received_behind, waiting
from tests.soak.erasing import erase
from tests.soak.senders import LATE
from tests.soak.setting import new_key
from tests.soak.world import World

HOUR = 3600.0
MANY_FAULTS, SLOW_SECONDS = 0.9, 0.3
_BACK_SECONDS = 10.0


@contextmanager
def fill_disk(world: World) -> Iterator[None]:
    """Leave no room, and again whatever is given back while it lasts."""

    def filled() -> bool:
        world.database.leave_no_slack()
        return world.disk.fill(world.writers)

    def refused() -> int:
        filled()
        return world.load.statuses[503]

    if not filled():
        world.impossible.add("disk full")
        yield
        return
    try:
        with world.showing("503 while the disk was full", refused):
            yield
    finally:
        world.disk.free()
        if isinstance(world.database, Postgresql):
            world.database.revive()


@contextmanager
def clock_ahead(world: World) -> Iterator[None]:
    """Much is under way when it leaps, and nothing goes wrong: a hold of that hour would last for all the rest."""
    world.faults(0.0, slow=SLOW_SECONDS)
    world.setting.move_clock(HOUR)
    with world.showing("kept an hour ahead", lambda: received_ahead(world.setting.database_url)):
        yield
    world.setting.move_clock(0)
    world.faults(world.usual_faults)


@contextmanager
def clock_behind(world: World) -> Iterator[None]:
    world.setting.move_clock(-HOUR)
    with world.showing("kept an hour behind", lambda: received_behind(world.setting.database_url)):
        yield
    world.setting.move_clock(0)


@contextmanager
def outage(world: World) -> Iterator[None]:
    """Nearly everything goes wrong upstream."""
    world.faults(MANY_FAULTS)
    yield
    world.faults(world.usual_faults)


@contextmanager
def slow_down(world: World) -> Iterator[None]:
    """Everything takes its time upstream, so that more is under way when a process is killed."""
    world.faults(world.usual_faults, slow=SLOW_SECONDS)
    yield
    world.faults(world.usual_faults)


@contextmanager
def roll(world: World) -> Iterator[None]:
    world.roll()
    yield


@contextmanager
def reconfigure(world: World) -> Iterator[None]:
    """A segment and a source are new; whoever sends uses them."""
    world.setting.changed = True
    world.setting.configure()
    world.roll()
    world.load.crowd.sources.append(LATE)
    with world.showing("sent to a new source", lambda: sum(one.source == LATE for one in tuple(world.load.sent))):
        yield


@contextmanager
def change_key(world: World) -> Iterator[None]:
    """As the guide has it for several machines: the new key second, then first; everything is sealed anew.

    When that is done, and other things too, the old key is taken away.
    """
    setting, old, new = world.setting, *world.setting.keys, new_key()
    for keys in ([old, new], [new, old]):
        setting.keys = keys
        setting.configure()
        world.roll()

    def seal_anew() -> None:
        world.proof["values sealed anew"] += world.operator.json("reseal")["sealed"]
        setting.keys = [new]
        setting.configure()

    world.beside(seal_anew)
    yield


@contextmanager
def pause(world: World) -> Iterator[None]:
    """Hold the org, and a source for a little longer."""
    url = world.setting.database_url
    for what in (["main"], ["--source", "form"]):
        world.operator.insist("pause", *what)
    with world.showing("held by a pause", lambda: waiting(url)):
        yield
    world.operator.insist("resume", "main")
    world.operator.insist("resume", "--source", "form")


@contextmanager
def replay(world: World) -> Iterator[None]:
    """Put everything of a source back, and go on breaking things while it is mapped and delivered again."""

    def put_back(source: str) -> int:
        world.proof["replayed"] += (put := len(world.operator.json("replay", "--source", source)))
        return put

    sources = world.random.sample(["pay", "shop", "form"], 3)  # of the first, there may be nothing yet
    world.beside(until, lambda: any(put_back(source) for source in sources), _BACK_SECONDS)
    yield


@contextmanager
def cut_connections(world: World) -> Iterator[None]:
    database = world.database
    assert isinstance(database, Postgresql)

    def cut() -> int:
        world.proof["connections cut"] += (ended := database.cut())
        return ended

    until(cut, _BACK_SECONDS)  # everybody may have been killed just now
    yield


@contextmanager
def restart_database(world: World) -> Iterator[None]:
    assert isinstance(world.database, Postgresql)
    before = world.database.started
    with world.database.gone():
        yield
    world.proof["new PostgreSQL processes"] += world.database.started != before


Happening = tuple[Callable[[World], AbstractContextManager[None]], str]

HAPPENINGS: Mapping[str, Happening] = {
    "disk full": (fill_disk, "503 while the disk was full"),
    "clock ahead": (clock_ahead, "kept an hour ahead"),
    "clock behind": (clock_behind, "kept an hour behind"),
    "upstream down": (outage, "faults upstream"),
    "upstream slow": (slow_down, "faults upstream"),
    "rolling restart": (roll, "stopped in order"),
    "configuration changed": (reconfigure, "sent to a new source"),
    "key changed": (change_key, "values sealed anew"),
    "pause": (pause, "held by a pause"),
    "erasure": (erase, "persons erased"),
    "replay": (replay, "replayed"),
    "connections cut": (cut_connections, "connections cut"),
    "PostgreSQL restarted": (restart_database, "new PostgreSQL processes"),
}
ON_POSTGRESQL = ("connections cut", "PostgreSQL restarted")


def unproved(proof: Mapping[str, int], happened: Iterable[str], impossible: AbstractSet[str]) -> list[str]:
    """Return what happened, as we thought, but did nothing."""
    promised = {what: HAPPENINGS[what][1] for what in happened if what in HAPPENINGS}
    return sorted({what for what, shown in promised.items() if not proof.get(shown)} - impossible)

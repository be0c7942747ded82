"""What happens to the bridges, one thing at a time."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.soak.bridges import Bridge, kill, until
from tests.soak.databases import Databank, Postgresql
from tests.soak.disk import Disk
from tests.soak.load import Load
from tests.soak.senders import LATE

HOUR = 3600.0
KILLS = ("worker", "master", "delivery", "all")
_LOOKING_SECONDS = 5.0


@dataclass
class Chaos:
    """``faults`` tells the upstream how often something goes wrong there; ``done`` counts what happened."""

    bridges: Sequence[Bridge]
    database: Databank
    disk: Disk
    load: Load
    faults: Callable[[float], object]
    random: Random
    done: Counter[str] = field(default_factory=Counter)
    refused_while_full: int = 0

    def kill(self, kind: str) -> None:
        """Kill -9 a process of that kind; everything of one bridge is started again by us, as a machine would."""
        bridge = self.random.choice(self.bridges)
        if kind == "all":
            bridge.kill()
            bridge.start()
            self.done["kill all"] += 1
            return
        find = {"worker": bridge.workers, "master": bridge.web, "delivery": bridge.delivery}[kind]
        if until(lambda: bool(find()), _LOOKING_SECONDS) and kill(self.random.choice(find() or [0])):
            self.done[f"kill {kind}"] += 1
        else:
            self.done[f"kill {kind}, which was not there"] += 1

    def fill_disk(self, seconds: float) -> bool:
        """Leave no room, for a while; False if that cannot be done here."""
        before = self._answered_badly()
        if not self.disk.fill(lambda: self.database.writers(self._writers)):
            return False
        time.sleep(seconds)
        self.refused_while_full += self._answered_badly() - before
        self.disk.free()
        if isinstance(self.database, Postgresql):
            self.database.revive()
        return True

    def _answered_badly(self) -> int:
        return sum(count for status, count in self.load.statuses.items() if not 200 <= status < 300)

    def _writers(self) -> list[int]:
        return [pid for bridge in self.bridges for pid in (*bridge.workers(), *bridge.delivery())]

    def cut_connections(self, _seconds: float) -> None:
        if isinstance(self.database, Postgresql):
            self.database.cut()

    def restart_database(self, seconds: float) -> None:
        if isinstance(self.database, Postgresql):
            self.database.restart(lambda: time.sleep(seconds / 3))

    def clock_ahead(self, seconds: float) -> None:
        self._clock(HOUR, seconds)

    def clock_behind(self, seconds: float) -> None:
        self._clock(-HOUR, seconds)

    def _clock(self, offset: float, seconds: float) -> None:
        self.bridges[0].setting.move_clock(offset)
        time.sleep(seconds)
        self.bridges[0].setting.move_clock(0)

    def roll(self, _seconds: float) -> None:
        """Restart one bridge after the other, in order (SIGTERM)."""
        for bridge in self.bridges:
            bridge.stop()
            bridge.start()
            bridge.wait()

    def reconfigure(self, seconds: float) -> None:
        """A segment and a source are new; whoever sends uses them."""
        self.bridges[0].setting.changed = True
        self.bridges[0].setting.configure()
        self.roll(seconds)
        if LATE not in self.load.crowd.sources:
            self.load.crowd.sources.append(LATE)

    def outage(self, seconds: float) -> None:
        """Nearly everything goes wrong upstream."""
        self.faults(0.9)
        time.sleep(seconds)
        self.faults(USUAL_FAULTS)

    def happen(self, what: str, seconds: float) -> None:
        if getattr(self, what)(seconds) is not False:
            self.done[what.replace("_", " ")] += 1


USUAL_FAULTS = 0.03
SHORT_HAPPENINGS = ("fill_disk", "clock_ahead", "clock_behind", "outage")
LONG_HAPPENINGS = ("roll", "reconfigure")  # whole processes start again
ON_POSTGRESQL = ("cut_connections", "restart_database")


def plan(kind: str, kills: int, times: int, random: Random) -> list[tuple[str, str]]:
    """Return what happens in which order: ``("kill", kind)`` and ``("happen", what)``, every kind of both.

    What does not take long happens ``times`` times.
    """
    chosen = [("kill", KILLS[number] if number < len(KILLS) else random.choice(KILLS)) for number in range(kills)]
    possible = SHORT_HAPPENINGS * times + LONG_HAPPENINGS + (ON_POSTGRESQL if kind == "postgresql" else ())
    steps = chosen + [("happen", what) for what in possible]
    random.shuffle(steps)
    return steps

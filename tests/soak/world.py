"""Everything that something can happen to, and what is known of what happened."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from tests.soak.bridges import Bridge, kill, until
from tests.soak.databases import Databank
from tests.soak.disk import Disk
from tests.soak.ledger import Key
from tests.soak.load import Load
from tests.soak.operating import Operator
from tests.soak.setting import Setting

KILLS = ("worker", "master", "delivery", "all")
_LOOKING_SECONDS, _SHOWING_SECONDS, _AGAIN_SECONDS = 5.0, 5.0, 0.05


@dataclass(frozen=True)
class Erased:
    """A person who was erased, and the events that were acked before. ``at`` (monotonic): when that was over, if known.

    Who did not ``return`` is not to be heard of any more.
    """

    number: int
    events: frozenset[Key]
    at: float | None = None
    returns: bool = False


class NoTimeError(Exception):
    """What has begun cannot be brought to its end."""


@dataclass
class World:
    """Trouble lasts ``until`` then (monotonic). ``faults`` tells the upstream how often something goes wrong, and
    how slow it is.

    ``done`` counts what happened, and ``proof`` what can be seen only if it really did.
    """

    setting: Setting
    bridges: Sequence[Bridge]
    database: Databank
    disk: Disk
    load: Load
    operator: Operator
    faults: Callable[..., Mapping[str, int]]
    random: Random
    usual_faults: float
    some: int  # of whatever is done to several
    until: float
    done: Counter[str] = field(default_factory=Counter)
    proof: Counter[str] = field(default_factory=Counter)
    erased: list[Erased] = field(default_factory=list)
    errands: list[Future[object]] = field(default_factory=list)
    impossible: set[str] = field(default_factory=set)  # here, as who started this
    _hands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4))

    def beside(self, errand: Callable[..., object], *args: object) -> None:
        """Let somebody do something while other things happen."""
        self.errands.append(self._hands.submit(errand, *args))

    @property
    def idle(self) -> bool:
        """Whether all of that is done. Raises what went wrong there."""
        done = [errand.result() for errand in self.errands if errand.done()]
        return len(done) == len(self.errands)

    def kill(self, kind: str) -> None:
        """Kill -9 a process of that kind; a whole bridge, and what ended itself, we start again, as a machine would."""
        with self._somebody() as bridge:
            bridge.start()
            find = {"worker": bridge.workers, "master": bridge.web, "delivery": bridge.delivery}.get(kind)
            if find and until(lambda: bool(find()), _LOOKING_SECONDS) and kill(self.random.choice(find() or [0])):
                self.done[f"kill {kind}"] += 1
            else:  # as it was meant, or because there is no such process
                bridge.kill()
                bridge.start()
                self.done["kill all"] += 1

    @contextmanager
    def _somebody(self) -> Iterator[Bridge]:
        """Yield a bridge to which nobody does anything at this moment."""
        while not (free := [bridge for bridge in self.bridges if not bridge.busy.locked()]):
            time.sleep(_AGAIN_SECONDS)
        bridge = self.random.choice(free)
        with bridge.busy:
            yield bridge

    def writers(self) -> list[int]:
        """Return the ids of the processes that write to the disk."""
        ours = [pid for bridge in self.bridges for pid in (*bridge.workers(), *bridge.delivery())]
        return self.database.writers(lambda: ours)

    def roll(self) -> None:
        """Restart one bridge after the other, in order (SIGTERM). Raises `NoTimeError` in between."""
        for bridge in self.bridges:
            if time.monotonic() > self.until:
                raise NoTimeError
            with bridge.busy:
                bridge.stop()
                bridge.start()
                bridge.wait()
            self.proof["stopped in order"] += 1

    @contextmanager
    def showing(self, what: str, count: Callable[[], int]) -> Iterator[None]:
        """Note how much ``count`` grew meanwhile, as proof; wait a little for it."""
        before = count()
        yield
        until(lambda: count() > before, _SHOWING_SECONDS, every=0.2)
        self.proof[what] += count() - before

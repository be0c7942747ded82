"""What happens in which order, and for how long at the most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.soak.happenings import ON_POSTGRESQL
from tests.soak.world import KILLS

_IN_THIS_ORDER = (("erasure", "replay"), ("upstream slow", "upstream down"))
_EARLY = ("clock ahead", "clock behind", "key changed")


@dataclass(frozen=True)
class Lengths:
    """``happenings``, one after the other, each for ``pause`` seconds; meanwhile ``kills``, ``beat`` seconds apart.

    ``some``: of whatever is done to several. ``waiting``: events that an older version left. ``bridges`` on
    PostgreSQL; ``rate``: requests a second; ``rate_limit``: requests a minute that the upstream may get, of which
    the part ``faults`` goes wrong.
    ``budgets``: seconds in which all is to be over, of which ``trouble`` is that part; what comes too late is left out,
    which is good enough only if ``may_skip``. ``at_once``: both databases are broken at the same time.
    """

    happenings: Sequence[str]
    pause: float
    kills: int
    beat: float
    some: int
    waiting: int
    bridges: int
    rate: float
    rate_limit: int
    faults: float
    budgets: Mapping[str, float]
    trouble: float
    at_once: bool = False
    may_skip: bool = False


_ONCE = (
    "disk full", "clock ahead", "clock behind", "upstream slow", "upstream down", "pause", "replay", "erasure",
    *ON_POSTGRESQL,
)  # fmt: skip
FULL = Lengths(
    happenings=(*_ONCE * 2, "erasure", "rolling restart", "configuration changed", "key changed"),
    pause=3.0, kills=52, beat=1.5, some=2, waiting=300, bridges=3, rate=200.0, rate_limit=480, faults=0.03,
    budgets={"sqlite": 150.0, "postgresql": 210.0}, trouble=0.7,
)  # fmt: skip
SHORT = Lengths(
    happenings=(*_ONCE, "configuration changed"),
    pause=0.6, kills=5, beat=2.0, some=1, waiting=50, bridges=3, rate=40.0, rate_limit=60, faults=0.03,
    budgets={"sqlite": 53.0, "postgresql": 53.0}, trouble=0.45, at_once=True, may_skip=True,
)  # fmt: skip
# As quick as possible, and enough to notice that a safeguard is missing.
BRIEF = Lengths(
    happenings=("upstream slow", "disk full"),
    pause=1.5, kills=0, beat=0.0, some=1, waiting=10, bridges=3, rate=60.0, rate_limit=100_000, faults=0.3,
    budgets={"sqlite": 30.0, "postgresql": 40.0}, trouble=0.6, at_once=True, may_skip=True,
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What happens, and which processes are killed, in order."""

    happenings: Sequence[str]
    kills: Sequence[str]


def plan(kind: str, lengths: Lengths, random: Random) -> Plan:
    """Return every kind of kill, and what happens, some of it early on.

    A replay is to meet people who were erased; and while it holds deliveries the bridge does not notice what is slow.
    For the rate limit no minute reaches over a leap of the clock, and afterwards one is to be long enough. To seal
    everything anew takes the longer the more there is.
    """
    names = [name for name in lengths.happenings if kind == "postgresql" or name not in ON_POSTGRESQL]
    random.shuffle(names)
    early = [name for name in names if name in _EARLY]
    others = [name for name in names if name not in _EARLY]
    names = early + others[: len(early)]
    random.shuffle(names)
    names += others[len(early) :]
    for first, then in _IN_THIS_ORDER:
        if {first, then} <= set(names):
            names.remove(first)
            names.insert(names.index(then), first)
    kills = [KILLS[number] if number < len(KILLS) else random.choice(KILLS) for number in range(lengths.kills)]
    random.shuffle(kills)
    return Plan(names, kills)

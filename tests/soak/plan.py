"""What happens in which order, and for how long at the most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.soak.happenings import ON_POSTGRESQL
from tests.soak.world import KILLS

_EARLY = ("clock ahead", "clock behind", "key changed")
_CALM_STEPS = 3  # at the end nobody is killed: whose process dies waits until no request can be under way any more


@dataclass(frozen=True)
class Lengths:
    """``kills`` in each scenario while everything of ``happenings`` happens, ``pause`` seconds before each of them.

    ``some``: of whatever is done to several. ``waiting``: events that an older version left. ``bridges`` on
    PostgreSQL; ``rate``: requests a second; ``rate_limit``: requests a minute that the upstream may get.
    ``budgets``: seconds in which all is to be over, of which ``trouble`` is that part; what comes too late is left out,
    which is good enough only if ``may_skip``. ``at_once``: both databases are broken at the same time.
    """

    happenings: Sequence[str]
    kills: int
    some: int
    pause: float
    waiting: int
    bridges: int
    rate: float
    rate_limit: int
    budgets: Mapping[str, float]
    trouble: float
    at_once: bool = False
    may_skip: bool = False


_ONCE = ("disk full", "clock ahead", "clock behind", "upstream down", "pause", "replay", "erasure", *ON_POSTGRESQL)
FULL = Lengths(
    happenings=(*_ONCE * 2, "erasure", "rolling restart", "configuration changed", "key changed"),
    kills=52, some=2, pause=1.0, waiting=300, bridges=3, rate=200.0, rate_limit=900,
    budgets={"sqlite": 160.0, "postgresql": 200.0}, trouble=0.6,
)  # fmt: skip
SHORT = Lengths(
    happenings=(*_ONCE, "configuration changed"),
    kills=5, some=1, pause=0.7, waiting=50, bridges=3, rate=40.0, rate_limit=100,
    budgets={"sqlite": 55.0, "postgresql": 55.0}, trouble=0.5, at_once=True, may_skip=True,
)  # fmt: skip
# As quick as possible, and enough to notice that a safeguard is missing.
BRIEF = Lengths(
    happenings=("upstream down", "disk full"),
    kills=0, some=1, pause=1.5, waiting=10, bridges=2, rate=60.0, rate_limit=100_000,
    budgets={"sqlite": 30.0, "postgresql": 40.0}, trouble=0.6, at_once=True,
)  # fmt: skip

Step = tuple[str, list[str]]  # what happens, and which processes are killed meanwhile


def plan(kind: str, lengths: Lengths, random: Random) -> list[Step]:
    """Return what happens: every kind of kill, a replay only after somebody was erased, and some things early on.

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
    if "erasure" in names:
        names.remove("erasure")
        names.insert(names.index("replay"), "erasure")
    steps: list[Step] = [(name, []) for name in names]
    for number in range(lengths.kills):
        _, kills = random.choice(steps[:-_CALM_STEPS])
        kills.append(KILLS[number] if number < len(KILLS) else random.choice(KILLS))
    return steps

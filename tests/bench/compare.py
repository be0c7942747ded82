"""``make bench-compare``: what got slower by more than 15 % since the baseline was saved.

    python -m tests.bench.compare [--quick] [--only SECTION,…] [--json FILE]

Machines differ, so only ratios within a run are compared, and processor time with regard to how fast the machine is.
What seems slower is measured once more before it counts. Exits with 1 if anything is.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench import baseline, measuring
from tests.bench.setting import say
from tests.bench.slowdowns import SLOWER, Compared, compared
from tests.bench.tables import table

_WORTH_A_LINE = 1.05


def main() -> int:
    """Compare what is measured now, or what ``--json`` of a run wrote, and print it."""
    parser = measuring.arguments("python -m tests.bench.compare", (__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="what `make bench` wrote: nothing is measured")
    options = parser.parse_args()
    document = json.loads(options.json.read_text("utf-8")) if options.json else None
    size = document["size"] if document else measuring.size(options).name
    try:
        before = baseline.load(size)
    except LookupError as error:
        say(str(error))
        return 2
    with measuring.interruptible():
        found = compared(document or measuring.measure(measuring.size(options), options.only), before)
        again = sorted({one.section for one in found if one.slower})
        if again and not document:
            say(f"once more, to be sure: {', '.join(again)}")
            found = confirmed(found, compared(measuring.measure(measuring.size(options), again), before))
    sys.stdout.write(text(found) + "\n")
    return any(one.slower for one in found)


def confirmed(found: Sequence[Compared], again: Sequence[Compared]) -> list[Compared]:
    """Return, of each figure that was measured twice, the better one."""
    second = {one.key: one for one in again}
    return [min(one, second.get(one.key, one), key=lambda each: each.times / each.allowed) for one in found]


def text(found: Sequence[Compared]) -> str:
    """Return what got slower, the worst first, and what can be said of the rest."""
    worth = sorted((one for one in found if one.times > _WORTH_A_LINE), key=lambda one: -one.times / one.allowed)
    rows = [
        (
            one.figure.name,
            f"{one.before:.3g}",
            f"{one.now:.3g} {one.figure.unit}".rstrip(),
            f"{one.times:.2f}",
            f"{one.allowed:.2f}",
            "SLOWER" if one.slower else "",
        )
        for one in worth
    ]
    noisy = sum(one.allowed > SLOWER for one in found)
    slower = sum(one.slower for one in found)
    return "\n".join(
        [
            *(table([("", "before", "now", "times as slow", "allowed", ""), *rows]) if rows else []),
            f"{len(found)} figures compared, {slower} got slower; of {noisy} nobody can tell 15 % for noise",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())

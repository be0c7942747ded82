"""``make soak``: break the bridge in every way for five minutes, then count what was lost and who became two.

    python -m tests.soak [--short | --brief] [--seed S] [--only sqlite|postgresql] [--sabotage lookup|lease|commit]

Exit status: 0 nothing was lost, nobody became two contacts, nobody who was erased came back, and all that was planned
really happened, in time; 1 otherwise; 2 it could not be run.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.soak import report
from tests.soak.at_once import at_once, stop_on_sigterm
from tests.soak.plan import BRIEF, FULL, SHORT
from tests.soak.sabotage import PIECES
from tests.soak.stages import Outcome

KINDS = ("sqlite", "postgresql")
LENGTHS = {"full": FULL, "short": SHORT, "brief": BRIEF}


def main() -> int:
    """Run the scenarios and print what they showed."""
    options = _options()
    kinds: list[str] = [options.only] if options.only else list(KINDS)
    lengths = LENGTHS[options.lengths]
    how = {"sabotage": options.sabotage, "mount": not options.no_mount}
    folder = Path(tempfile.mkdtemp(prefix="contact-bridge-soak-"))
    outcomes: list[Outcome] = []
    stop_on_sigterm()
    try:
        _say(f"seed {options.seed} …")
        for some in [kinds] if lengths.at_once else [[kind] for kind in kinds]:
            outcomes += at_once({kind: (folder / kind, lengths, options.seed) for kind in some}, how)
    except KeyboardInterrupt:
        _say("Stopped; every process that was started has ended.")
        return 130
    finally:
        if options.keep:
            _say(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    taken_out = f", without the {options.sabotage}" if options.sabotage else ""
    ending, status = _verdict(outcomes, whole=len(outcomes) == len(kinds))
    sys.stdout.write(f"{report.text(outcomes)}\n\nseed {options.seed}{taken_out}: {ending}\n")
    return status


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=(__doc__ or "").splitlines()[0])
    lengths = parser.add_mutually_exclusive_group()
    for name, words in (("short", "in less than a minute"), ("brief", "just long enough to fail when sabotaged")):
        lengths.add_argument(f"--{name}", dest="lengths", action="store_const", const=name, default="full", help=words)
    parser.add_argument("--seed", default=secrets.token_hex(4), help="as printed by a run that is to be repeated")
    parser.add_argument("--only", choices=KINDS, help="one of the scenarios")
    parser.add_argument("--sabotage", choices=sorted(PIECES), default="", help="take a safeguard out: this must fail")
    parser.add_argument("--no-mount", action="store_true", help="limit the size of files, as without root")
    parser.add_argument("--keep", action="store_true", help="leave the logs, the ledger and the journal, and say where")
    return parser.parse_args()


def _verdict(outcomes: Sequence[Outcome], *, whole: bool) -> tuple[str, int]:
    """Return it in words, and as an exit status."""
    if not whole:
        return "could not be run", 2
    if any(outcome.broken for outcome in outcomes):
        return "THE PROMISE WAS BROKEN", 1
    if not all(outcome.good for outcome in outcomes):
        return "nothing lost, nobody twice, BUT NOT AS PLANNED: see above", 1
    return "nothing lost, nobody twice", 0


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())

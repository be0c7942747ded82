"""``make soak``: break the bridge in every way for five minutes, then count what was lost and who became two.

    python -m tests.soak [--short | --brief] [--seed S] [--only sqlite|postgresql] [--sabotage lookup|lease|commit]

Both databases are broken at once, each by a process of its own. Exit status: 0 nothing was lost, nobody became two
contacts, nobody who was erased came back, and all that was planned really happened, in time; 1 otherwise; 2 it could
not be run.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.soak import plan, report
from tests.soak.at_once import at_once, stop_on_sigterm
from tests.soak.sabotage import PIECES

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Run the scenarios and print what they showed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=(__doc__ or "").splitlines()[0])
    lengths = parser.add_mutually_exclusive_group()
    for name, help_text in (("short", "in less than a minute"), ("brief", "just long enough to fail when sabotaged")):
        lengths.add_argument(
            f"--{name}", dest="lengths", action="store_const", const=name, default="full", help=help_text
        )
    parser.add_argument("--seed", default=secrets.token_hex(4), help="as printed by a run that is to be repeated")
    parser.add_argument("--only", choices=KINDS, help="one of the scenarios")
    parser.add_argument("--sabotage", choices=sorted(PIECES), default="", help="take a safeguard out: this must fail")
    parser.add_argument("--no-mount", action="store_true", help="limit the size of files, as without root")
    parser.add_argument("--keep", action="store_true", help="leave the logs, the ledger and the journal, and say where")
    options = parser.parse_args()
    began = time.monotonic()
    stop_on_sigterm()
    folder = Path(tempfile.mkdtemp(prefix="contact-bridge-soak-"))
    how = {"sabotage": options.sabotage, "mount": not options.no_mount}
    try:
        kinds = [options.only] if options.only else KINDS
        _say(f"seed {options.seed}: {' and '.join(kinds)} …")
        tasks = {kind: (folder / kind, getattr(plan, options.lengths.upper()), options.seed, began) for kind in kinds}
        outcomes = at_once(tasks, how)
    except KeyboardInterrupt:
        _say("Stopped; every process that was started has ended.")
        return 130
    finally:
        if options.keep:
            _say(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    taken_out = f", without the {options.sabotage}" if options.sabotage else ""
    ending, status = "nothing lost, nobody twice", 0
    if not all(outcome.good for outcome in outcomes):
        ending, status = "THE PROMISE WAS BROKEN, or not put to the test", 1
    if len(outcomes) < len(tasks):
        ending, status = "could not be run", 2
    sys.stdout.write(f"{report.text(outcomes)}\n\nseed {options.seed}{taken_out}: {ending}\n")
    return status


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())

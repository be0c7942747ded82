"""``make soak``: break the bridge in every way for five minutes, then count what was lost and who became two.

    python -m tests.soak [--short] [--seed S] [--only sqlite|postgresql] [--sabotage lookup|lease|commit]

Exit status: 0 nothing was lost and nobody became two contacts, 1 otherwise.
"""

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from tests.soak import report, scenarios, stages
from tests.soak.sabotage import PIECES

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Run the scenarios and print what they showed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--short", action="store_true", help="in less than a minute")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="as printed by a run that is to be repeated")
    parser.add_argument("--only", choices=KINDS, help="one of the scenarios")
    parser.add_argument("--sabotage", choices=sorted(PIECES), default="", help="take a safeguard out: this must fail")
    parser.add_argument("--no-mount", action="store_true", help="limit the size of files, as without root")
    parser.add_argument("--keep", action="store_true", help="leave the logs, the ledger and the journal, and say where")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    lengths = stages.SHORT if options.short else stages.FULL
    folder = Path(tempfile.mkdtemp(prefix="contact-bridge-soak-"))
    outcomes = []
    try:
        for kind in [options.only] if options.only else KINDS:
            _say(f"{kind}, seed {options.seed} …")
            how = {"sabotage": options.sabotage, "mount": not options.no_mount}
            outcomes.append(scenarios.run(kind, folder / kind, lengths, options.seed, **how))
    except KeyboardInterrupt:
        _say("Stopped; every process that was started has ended.")
        return 130
    finally:
        if options.keep:
            _say(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    good = all(outcome.good for outcome in outcomes)
    taken_out = f", without the {options.sabotage}" if options.sabotage else ""
    ending = "nothing lost, nobody twice" if good else "THE PROMISE WAS BROKEN"
    sys.stdout.write(f"{report.text(outcomes)}\n\nseed {options.seed}{taken_out}: {ending}\n")
    return 0 if good else 1


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

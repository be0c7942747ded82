"""``make bench``: how fast webhooks are acknowledged and delivered here, beside the most that is possible here.

    python -m tests.bench [--quick] [--json FILE]

Everything runs on this machine and ends by itself: in under four minutes, with --quick in 40 seconds.
"""

import argparse
import json
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from tests.bench import providers, report, scenarios
from tests.bench.databases import Databases, workplace


def main() -> int:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a rough look, in under a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # so that everything is ended on the way out
        signal.signal(number, _stop)
    try:
        document = measure(scenarios.QUICK if options.quick else scenarios.FULL)
    except KeyboardInterrupt:
        _say("Stopped; every process that was started has ended.")
        return 130
    sys.stdout.write(report.text(document) + "\n")
    if options.json:
        options.json.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    return 0


def measure(lengths: scenarios.Lengths) -> dict[str, Any]:
    """Run every scenario, and return what `report.text` shows."""
    document: dict[str, Any] = {"machine": report.machine(), "idle": {}, "start": {}, "memory": {}}
    _say("verifying and reading, each provider …")
    document["providers"] = providers.slowest()
    with workplace() as folder, ExitStack() as stack:
        databases = Databases(folder, stack)
        document["postgresql"] = databases.durability()
        _say("the load generator itself …")
        document["generator"] = scenarios.generator(folder, lengths)
        _say("acknowledgements, in turns with the ceiling …")
        measured = scenarios.acknowledgements(folder, databases, lengths)
        for kind in databases.kinds:
            _say(f"start, idle latency and load while delivering, {kind} …")
            document["start"][kind], idle = scenarios.idle(folder, databases, kind, lengths)
            document["idle"][kind] = report.latency(idle)
            rounds, document["memory"][kind] = scenarios.while_delivering(folder, databases, kind, lengths)
            measured |= rounds
        document["acknowledgements"] = report.rows(measured)
    return document


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

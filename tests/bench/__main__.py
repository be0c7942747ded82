"""``make bench``: how fast webhooks are acknowledged and delivered here, beside the most that is possible here.

    python -m tests.bench [--quick] [--only SECTION,…] [--json FILE]

Everything runs on this machine and ends by itself: in under a quarter of an hour, with --quick in under two minutes.
"""

import argparse
import json
import signal
import sys
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from tests.bench import report
from tests.bench.databases import Databases, workplace
from tests.bench.sections import SECTIONS
from tests.bench.setting import FULL, QUICK, Setting, Size, say


def main() -> int:
    """Measure and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a rough look, in under two minutes")
    parser.add_argument("--only", type=chosen, default=list(SECTIONS), metavar="SECTION,…", help=", ".join(SECTIONS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # so that everything is ended on the way out
        signal.signal(number, _stop)
    try:
        document = measure(QUICK if options.quick else FULL, options.only)
    except KeyboardInterrupt:
        say("Stopped; every process that was started has ended.")
        return 130
    sys.stdout.write(report.text(document) + "\n")
    if options.json:
        options.json.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    return 0


def chosen(text: str) -> list[str]:
    """Read names of sections. Raises `argparse.ArgumentTypeError`."""
    names = text.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}: choose from {', '.join(SECTIONS)}")
    return names


def measure(size: Size, names: Collection[str]) -> dict[str, Any]:
    """Run sections, and return what `report.text` shows."""
    document: dict[str, Any] = {"size": size.name, "machine": report.machine(), "sections": {}}
    with workplace() as folder, ExitStack() as stack:
        databases = Databases(folder, stack)
        document["postgresql"] = databases.durability()
        setting = Setting(folder, databases, size)
        for name in names:
            words, section = SECTIONS[name]
            say(f"{name}: {words} …")
            document["sections"][name] = report.section(section(setting))
    return document


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

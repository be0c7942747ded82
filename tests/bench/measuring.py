"""Measuring from the command line: which sections, how much, and everything ended on the way out."""

import argparse
import signal
import time
import traceback
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

from tests.bench import report, speed
from tests.bench.databases import Databases, workplace
from tests.bench.figures import Found
from tests.bench.sections import SECTIONS, Section
from tests.bench.setting import FULL, QUICK, Setting, Size, say


def arguments(prog: str, words: str) -> argparse.ArgumentParser:
    """Return a parser with the options that say what to measure."""
    parser = argparse.ArgumentParser(prog=prog, description=words)
    parser.add_argument("--quick", action="store_true", help="a rough look, in two minutes")
    parser.add_argument("--only", type=chosen, metavar="SECTION,…", help=", ".join(SECTIONS))
    parser.add_argument("--stored", type=int, metavar="N", help="events of the large store")
    return parser


def chosen(text: str) -> list[str]:
    """Read names of sections. Raises `argparse.ArgumentTypeError`."""
    names = text.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}: choose from {', '.join(SECTIONS)}")
    return names


def size(options: argparse.Namespace) -> Size:
    """Return how much is to be measured."""
    asked = QUICK if options.quick else FULL
    return replace(asked, stored=options.stored) if options.stored else asked


def measure(size: Size, names: Collection[str] | None = None) -> dict[str, Any]:
    """Run sections, and return what `report.text` shows: each with how fast the machine was just before."""
    names = names or [name for name in SECTIONS if name not in size.without]
    document: dict[str, Any] = {"size": size.name, "machine": report.machine(), "sections": {}}
    with workplace() as folder, ExitStack() as stack:
        databases = Databases(folder, stack)
        document["postgresql"] = databases.durability()
        setting = Setting(folder, databases, size)
        for name in names:
            words, section = SECTIONS[name]
            say(f"{name}: {words} …")
            began, quickness = time.monotonic(), speed.milliseconds()
            document["sections"][name] = {"speed_ms": quickness, **report.section(attempted(section, setting))}
            say(f"  … took {time.monotonic() - began:.0f} s")
    return document


def attempted(section: Section, setting: Setting) -> Found:
    """Return what a section found. One that fails says so, and does not take the others with it."""
    try:
        return section(setting)
    except Exception as error:  # noqa: BLE001 -- whatever it is: minutes of other measurements would be lost
        say(f"  … FAILED: {error!r}\n{traceback.format_exc()}")
        return Found([], failed=repr(error))


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM unwind everything, so that whatever was started is ended. Raises `SystemExit`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        yield
    except KeyboardInterrupt:
        say("Stopped; every process that was started has ended.")
        raise SystemExit(130) from None


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

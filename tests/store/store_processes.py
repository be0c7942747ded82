"""Starting `store_process` and hearing what it prints."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCRIPT = Path(__file__).with_name("store_process.py")


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run it; it is killed (-9) at the end of the block if it still runs."""
    path = os.pathsep.join([str(_SCRIPT.parents[2]), str(_SCRIPT.parents[1]), str(_SCRIPT.parent)])
    with subprocess.Popen(
        [sys.executable, str(_SCRIPT), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def finished(running: subprocess.Popen[str]) -> list[str]:
    """Return the lines it printed, once it has ended well."""
    printed, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    return printed.split()

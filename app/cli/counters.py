"""Where the processes of one bridge share their metrics."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "contact-bridge-metrics-"
_MEMORY = Path("/dev/shm")  # noqa: S108 -- in memory: on a full disk, a write to a mapped file would kill the process


@contextlib.contextmanager
def shared_counters() -> Iterator[None]:
    """Name a folder for them, for as long as the processes run. Enter it before `app.metrics` is imported."""
    parent = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    _sweep(parent)
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent) as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def _sweep(parent: Path) -> None:
    """Take away what supervisors left that were killed."""
    for folder in parent.glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdecimal() and not _alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return pid != os.getpid()  # whoever had this number is gone, now that it is ours

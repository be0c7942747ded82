"""Processes of the product, forked from one that has imported it already: that takes a tenth of the time.

    python -m tests.soak.nursery CLOCK [SABOTAGE]

It reads orders as JSON, one a line, and answers with the id of the new process. ``CLOCK`` is a file that says by how
many seconds the clock of the bridges is off, ``SABOTAGE`` what is taken out of them; commands run without either.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psutil

from tests.soak.setting import Setting

_NOT_FOR_THEM = ("PORT", "DATABASE_URL", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")  # killed: none is left


class Nursery:
    """Starts them, from any thread. Each leads a process group of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process, self._lock = process, threading.Lock()

    def bridge(self, output: Path, *arguments: str) -> psutil.Process:
        return self._start(output, arguments, bridge=True)

    def command(self, output: Path, *arguments: str) -> psutil.Process:
        """Start what ends by itself; its exit code will be in a file with the suffix ``.code``."""
        return self._start(output, arguments, bridge=False)

    def _start(self, output: Path, arguments: tuple[str, ...], *, bridge: bool) -> psutil.Process:
        assert self._process.stdin
        assert self._process.stdout
        order = {"output": str(output), "arguments": arguments, "bridge": bridge}
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return psutil.Process(int(self._process.stdout.readline()))


@contextmanager
def nursery(setting: Setting) -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.soak.nursery", str(setting.clock), setting.sabotage]
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_THEM}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        try:
            yield Nursery(process)
        finally:
            process.terminate()


def _serve(clock: Path, sabotage: str) -> None:
    from tests.soak import launcher  # noqa: PLC0415 -- it imports the product: only here

    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _become(Path(order["output"]), bridge=order["bridge"])
            if order["bridge"]:
                launcher.prepare(clock, sabotage)
            launcher.run(order["arguments"], Path(order["output"]))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _reap(_number: int, _frame: FrameType | None) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(output: Path, *, bridge: bool) -> None:
    """Have nothing in common any more with who was forked before."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, path in ((1, output), (2, output if bridge else output.with_suffix(".err"))):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), descriptor)
    random.seed()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2])

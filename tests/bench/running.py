"""The processes that are measured: started here, held still while others are measured, ended by their ids."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_STOP_SECONDS = 20.0
# Linux gives ports from 32768 on to whoever connects: before a bridge has started, one of them may be somebody's.
_PORTS = itertools.count(20_000 + os.getpid() % 10_000)


@dataclass(frozen=True)
class Running:
    """A process and all below it. ``port`` is 0 if it serves nothing; ``started``: when (``time.monotonic``)."""

    port: int
    process: subprocess.Popen[bytes]
    started: float

    def memory(self) -> dict[str, float]:
        """Return ``{processes, rss_mb, pss_mb}``: with RSS each process counts the pages that they share,
        with PSS (proportional set size) these are counted once."""
        infos = [process.memory_full_info() for process in family(self.process.pid)]
        return {
            "processes": len(infos),
            "rss_mb": sum(info.rss for info in infos) / 2**20,
            "pss_mb": sum(getattr(info, "pss", 0) for info in infos) / 2**20,
        }

    def hold_still(self) -> None:
        """Stop, in the middle of whatever is done, until `go_on`."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for process in family(self.process.pid):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all that it started, and so on; none if it is gone."""
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    return []


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and all that it started have used, those that ended included."""
    spent = 0.0
    for process in family(pid):
        with suppress(psutil.NoSuchProcess, OSError):
            times = process.cpu_times()
            spent += times.children_user + times.children_system + time.clock_gettime(_cpu_clock(process.pid))
    return spent


def _cpu_clock(pid: int) -> int:
    """As clock_getcpuclockid(3): to the nanosecond, where the system's own counters go by hundredths of a second."""
    return (~pid << 3) | 2


@contextmanager
def listening(module: str, folder: Path, *arguments: str) -> Iterator[Running]:
    """Run a module of this folder with a socket that listens already."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        port, number = listener.getsockname()[1], listener.fileno()
        command = [sys.executable, "-m", f"tests.bench.{module}", str(number), *arguments]
        with started(command, folder, port, keep=(number,)) as running:
            listener.close()  # its own now: when it ends, nobody listens
            yield running


@contextmanager
def started(command: Sequence[str], folder: Path, port: int = 0, keep: Sequence[int] = ()) -> Iterator[Running]:
    """Run a command, with the handles ``keep``; what it prints goes to a file in ``folder``."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PORT", "DATABASE_URL")}
    with (folder / f"output-{time.monotonic_ns()}.log").open("wb") as output:
        at = time.monotonic()
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            pass_fds=keep,
            start_new_session=True,  # Ctrl-C is ours: we end it by its id, below
        )
        running = Running(port, process, at)
        try:
            yield running
        finally:
            running.go_on()
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    below = family(process.pid)[1:]
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in below:
        with suppress(psutil.NoSuchProcess):
            child.kill()


def free_port() -> int:
    """Return a port that nobody listens on, another one each time."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", port := next(_PORTS))):
            return port

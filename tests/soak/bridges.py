"""The bridges: real processes, found by their ids, killed and started again."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from tests.bench.running import free_port
from tests.soak.nursery import Nursery
from tests.soak.setting import Setting

_START_SECONDS, _STOP_SECONDS = 30.0, 20.0


@dataclass
class Bridge:
    """One ``contact-bridge serve`` on a port of its own, in a process group of its own."""

    setting: Setting
    nursery: Nursery
    port: int = field(default_factory=free_port)
    process: psutil.Process | None = None
    stop_seconds: list[float] = field(default_factory=list)
    stragglers: int = 0  # processes that outlived a stop in order
    ended_itself: int = 0
    busy: threading.Lock = field(default_factory=threading.Lock)  # held by whoever does something to it

    def start(self) -> None:
        """Start it, if it does not run."""
        if self.process and self.process.is_running():
            return
        self.ended_itself += self.process is not None
        config, log = str(self.setting.config), self.setting.folder / f"bridge-{self.port}.log"
        self.process = self.nursery.bridge(log, "serve", "--config", config, "--port", str(self.port))

    def wait(self) -> None:
        """Return once it answers; whatever ended is started again. Raises `TimeoutError`."""
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0) as wire:
                wire.settimeout(5.0)
                wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if b" 200 " in wire.recv(100):
                    return
            self.start()
            time.sleep(0.05)
        raise TimeoutError(f"the bridge at port {self.port} does not answer")

    def stop(self) -> None:
        """Stop it in order (SIGTERM); what is left of it then is killed, as a service manager does."""
        if self.process and self.process.is_running():
            began = time.monotonic()
            with suppress(psutil.NoSuchProcess):
                self.process.terminate()
            with suppress(psutil.TimeoutExpired):
                self.process.wait(_STOP_SECONDS)
            self.stop_seconds.append(time.monotonic() - began)
            self.stragglers += self._left()
            self.kill()

    def _left(self) -> int:
        """Return how many processes of its group there are."""
        assert self.process
        found = 0
        for pid in psutil.pids():
            with suppress(ProcessLookupError):
                found += os.getpgid(pid) == self.process.pid
        return found

    def kill(self) -> None:
        """Kill every process of it at once (-9)."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()  # for whom the nursery has buried
            self.process = None  # somebody else may get its id

    def web(self) -> list[int]:
        """Return the gunicorn master's id, if it runs with workers."""
        return [child.pid for child in self._children() if _children_of(child)]

    def workers(self) -> list[int]:
        return [worker.pid for child in self._children() for worker in _children_of(child)]

    def delivery(self) -> list[int]:
        """Return the delivery process's id, if it can be told from the web process: it has no children."""
        return [child.pid for child in self._children() if not _children_of(child)] if self.web() else []

    def _children(self) -> list[psutil.Process]:
        return _children_of(self.process) if self.process else []


def kill(pid: int) -> bool:
    """Kill one process (-9); False if it has gone before, or is none (0)."""
    with suppress(ProcessLookupError):
        if pid:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def _children_of(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children())
    except psutil.NoSuchProcess:
        return []


def until(condition: Callable[[], object], seconds: float, every: float = 0.05) -> bool:
    """Wait for something; False if it did not happen."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True

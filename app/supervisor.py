"""Processes that belong together: started, restarted when they die, stopped together and gracefully."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
_LONGEST_PAUSE_SECONDS, _STEADY_SECONDS = 10.0, 10.0
_STOP_SECONDS, _LAST_SECONDS = 40.0, 5.0  # for all of them, and what each that is still to come may count on
_PR_SET_PDEATHSIG = 1


@dataclass
class _Child:
    name: str
    run: Callable[[], None]
    pid: int = 0
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0


def supervise(
    processes: Sequence[tuple[str, Callable[[], None]]],
    ready: Callable[[], None],
    stopping: Callable[[], None] = lambda: None,
) -> None:
    """Fork a process per entry and keep it alive until SIGTERM or SIGINT.

    ``ready`` is called once all were started, ``stopping`` before they are told to stop. A process that
    dies is started again, after a pause that grows when it keeps dying.
    """
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    children = [_Child(name, run) for name, run in processes]
    try:
        for child in children:
            _start(child)
        ready()
        while not _told_to_stop(children):
            _reap(children)
            _restart(children)
    finally:
        stopping()
        _stop(children)
        while signal.sigtimedwait(_SIGNALS, 0):  # told again meanwhile: what is left to tidy up is not cut short by it
            pass
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def aside(run: Callable[[], None]) -> Callable[[], None]:
    """Run something in a process of its own; return what waits for its end. How it ends is its own business."""
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        try:
            run()
        finally:
            os._exit(0)
    return lambda: _ended(pid)


def _ended(pid: int) -> None:
    os.waitpid(pid, 0)


def _told_to_stop(children: Sequence[_Child]) -> bool:
    pending = [child.again_at for child in children if not child.pid]
    wait = max(0.01, min(pending) - time.monotonic()) if pending else 60.0
    caught = signal.sigtimedwait(_SIGNALS, wait)
    return caught is not None and caught.si_signo != signal.SIGCHLD


def _start(child: _Child) -> None:
    sys.stdout.flush()
    parent = os.getpid()
    child.started, child.again_at = time.monotonic(), 0.0
    child.pid = os.fork()
    if child.pid:
        return
    status = 1
    try:
        die_with(parent)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        # Ctrl-C goes to every process of a terminal: only the supervisor heeds it, and stops the others in order.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS - {signal.SIGINT})
        child.run()
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 0
    except BaseException as error:  # noqa: BLE001 -- the process ends here, whatever it is
        log.error("process failed", process=child.name, error=type(error).__name__)  # noqa: TRY400 -- messages may quote
    finally:
        sys.stdout.flush()
        os._exit(status)


def die_with(parent: int) -> None:
    """Be told to stop when the parent is killed (Linux), instead of living on beside its successor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


def _reap(children: Sequence[_Child]) -> None:
    for child in children:
        if not child.pid:
            continue
        pid, status = os.waitpid(child.pid, os.WNOHANG)
        if not pid:
            continue
        now = time.monotonic()
        child.deaths = 1 if now - child.started > _STEADY_SECONDS else child.deaths + 1
        pause = min(_LONGEST_PAUSE_SECONDS, 0.1 * 2 ** (child.deaths - 1))
        child.pid, child.again_at = 0, now + pause
        log.error("process died", process=child.name, status=os.waitstatus_to_exitcode(status), again_in=pause)


def _restart(children: Sequence[_Child]) -> None:
    for child in children:
        if not child.pid and time.monotonic() >= child.again_at:
            _start(child)


def _stop(children: Sequence[_Child]) -> None:
    """In the order of the list: what is asked stops after who asks it."""
    until = time.monotonic() + _STOP_SECONDS
    for to_come, child in reversed([*enumerate(reversed(children))]):
        if child.pid:
            os.kill(child.pid, signal.SIGTERM)
            _wait(child, until - to_come * _LAST_SECONDS)


def _wait(child: _Child, until: float) -> None:
    while not os.waitpid(child.pid, os.WNOHANG)[0]:
        if time.monotonic() > until:
            log.error("process killed", process=child.name)
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            return
        signal.sigtimedwait({signal.SIGCHLD}, 0.2)

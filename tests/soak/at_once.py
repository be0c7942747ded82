"""Every scenario in a process of its own, all of them at once; told to stop, each ends what it started."""

import multiprocessing
import signal
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from tests.soak import scenarios
from tests.soak.stages import Outcome


def at_once(tasks: Mapping[str, tuple[Any, ...]], how: Mapping[str, Any]) -> list[Outcome]:
    """Run every scenario in a process of its own; whoever ended with an error has no outcome."""
    context, running = multiprocessing.get_context("spawn"), []
    try:
        for kind, task in tasks.items():
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_scenario, args=(theirs, kind, *task), kwargs=how)
            process.start()
            theirs.close()
            running.append((process, ours))
        outcomes = []
        for process, ours in running:
            with suppress(EOFError):
                outcomes.append(ours.recv())
            process.join()
        return outcomes
    finally:
        for process, _ in running:
            process.terminate()
            process.join()


def _scenario(answer: Connection, *task: Any, **how: Any) -> None:
    stop_on_sigterm()
    with suppress(KeyboardInterrupt):
        answer.send(scenarios.run(*task, **how))


def stop_on_sigterm() -> None:
    """Take SIGTERM as Ctrl-C."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

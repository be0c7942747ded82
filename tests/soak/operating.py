"""Whoever operates the bridge: ``contact-bridge`` commands, in processes of their own."""

import itertools
import json
import time
from contextlib import suppress
from typing import Any

import psutil

from tests.soak.nursery import Nursery
from tests.soak.setting import Setting

_TRIES_EVERY_SECONDS = 0.5
_DIED = "-9"


class Operator:
    """Says what is to be done, from any thread; ``until`` (monotonic) some time."""

    def __init__(self, setting: Setting, nursery: Nursery, until: float) -> None:
        self._setting, self._nursery, self._until = setting, nursery, until
        self._numbers, self._running = itertools.count(1), set[psutil.Process]()

    def __call__(self, *command: str) -> tuple[int, str]:
        """Run a command; return its exit code and what it printed."""
        output = self._setting.folder / f"command-{next(self._numbers)}.log"
        process = self._nursery.command(output, *command, "--config", str(self._setting.config))
        self._running.add(process)
        process.wait()
        self._running.discard(process)
        code = output.with_suffix(".code")
        return int(code.read_text() if code.exists() else _DIED), output.read_text("utf-8")

    def close(self) -> None:
        """End what still runs."""
        for process in tuple(self._running):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def insist(self, *command: str) -> str:
        """Run a command until it succeeds: the database may be away, or a person busy. Raises `TimeoutError`."""
        while (done := self(*command))[0]:
            if time.monotonic() > self._until:
                raise TimeoutError(f"{' '.join(command)}: exit code {done[0]}: {done[1]}")
            time.sleep(_TRIES_EVERY_SECONDS)
        return done[1]

    def json(self, *command: str) -> Any:
        return json.loads(self.insist(*command, "--json"))

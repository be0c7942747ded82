"""``serve --sandbox`` as a real process in a folder, and commands run beside it."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(sys.executable).with_name("contact-bridge")
PATIENCE = 30.0


def environment(**more: str) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("PORT", "DATABASE_URL", "CONTACT_BRIDGE_CONFIG")}
    return {**clean, "PATH": f"{SCRIPT.parent}:{os.environ['PATH']}", "COLUMNS": "80", **more}


@dataclass
class Sandbox:
    """A running ``serve --sandbox`` and its folder."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def out(self) -> str:
        return (self.folder / "out").read_text()

    def wait_until(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.out:
            assert time.monotonic() < end, self.out
            assert self.process.poll() is None, self.out
            time.sleep(0.05)

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [str(SCRIPT), *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment(**env),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)


def start(folder: Path, *arguments: str, **env: str) -> Sandbox:
    with (folder / "out").open("wb") as out:
        command = [str(SCRIPT), "serve", "--sandbox", *arguments]
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, env=environment(**env))
    sandbox = Sandbox(folder, process)
    sandbox.wait_until("Stop it with Ctrl-C.")
    return sandbox


def stop(sandbox: Sandbox, number: signal.Signals = signal.SIGTERM) -> int:
    sandbox.process.send_signal(number)
    return sandbox.process.wait(PATIENCE)

"""The stand-in upstream's process: started, told what is to go wrong, and ended."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any


def faults(port: int, probability: float, slow: float = 0.0) -> dict[str, Any]:
    """Say how often something goes wrong upstream, and how long everything takes; return what went wrong so far."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", "/_faults", json.dumps({"probability": probability, "slow": slow}))
        return dict(json.loads(connection.getresponse().read()))


@contextmanager
def stand_in(folder: Path, seed: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.soak.upstream", str(folder / "journal"), seed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.terminate()

"""The processes that are measured: started on free ports of this machine, and ended by their ids."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil

from tests.bench.webhooks import SECRET, SOURCE

COMMAND = str(Path(sys.executable).with_name("contact-bridge"))
API_KEY = "bench-key"
_STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Running:
    """A server: its ``port``, its process, and ``started``, when (``time.monotonic``) it was begun."""

    port: int
    process: subprocess.Popen[bytes]
    started: float

    def memory(self) -> dict[str, float]:
        """Return ``{processes, rss_mb, pss_mb}`` of the process and everything below it."""
        top = psutil.Process(self.process.pid)
        infos = [process.memory_full_info() for process in (top, *top.children(recursive=True))]
        return {
            "processes": len(infos),
            "rss_mb": sum(info.rss for info in infos) / 2**20,
            "pss_mb": sum(getattr(info, "pss", 0) for info in infos) / 2**20,
        }

    def kept(self) -> int:
        """Return how many events are in the store, as the bridge itself counts them."""
        with urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        return sum(int(float(n)) for n in re.findall(r"(?m)^contact_bridge_events\{.*\} (\S+)$", text))


@contextmanager
def listening(module: str, folder: Path) -> Iterator[Running]:
    """Run a module of this folder with a socket that listens already."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        port, number = listener.getsockname()[1], listener.fileno()
        command = [sys.executable, "-m", f"tests.bench.{module}", str(number)]
        with _started(command, port, folder, keep=(number,)) as running:
            yield running


@contextmanager
def serving(folder: Path, database_url: str, upstream_port: int, *, delivery: bool) -> Iterator[Running]:
    """Run ``contact-bridge serve`` with a configuration of its own."""
    port = _free_port()
    config = folder / f"bridge-{port}.toml"
    config.write_text(
        f"[server]\ndatabase_url = {json.dumps(database_url)}\n\n"
        f'[upstream]\nbase_url = "http://127.0.0.1:{upstream_port}"\n\n'
        f'[orgs.main]\napi_key = "{API_KEY}"\n\n'
        f'[sources.{SOURCE}]\nprovider = "shopify"\nsecret = "{SECRET}"\n'
    )
    flags = [] if delivery else ["--no-delivery"]
    with _started([COMMAND, "serve", "--config", str(config), "--port", str(port), *flags], port, folder) as running:
        yield running


@contextmanager
def sandbox(folder: Path) -> Iterator[Running]:
    """Run the stand-in upstream alone."""
    port = _free_port()
    with _started([COMMAND, "sandbox", "--port", str(port), "--key", f"{API_KEY}=org_bench"], port, folder) as running:
        yield running


@contextmanager
def _started(command: Sequence[str], port: int, folder: Path, keep: Sequence[int] = ()) -> Iterator[Running]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PORT", "DATABASE_URL")}
    with (folder / f"output-{port}.log").open("wb") as output:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            pass_fds=keep,
            start_new_session=True,  # Ctrl-C is ours: we end it by its id, below
        )
        try:
            yield Running(port, process, started)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    below: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        below = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in below:
        with suppress(psutil.NoSuchProcess):
            child.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port

"""Bridges that are measured: the command itself, with a configuration of its own."""

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

from tests.bench import load
from tests.bench.running import Running, free_port, started
from tests.bench.webhooks import SECRET, SOURCE, webhooks

ORG, KEY = "main", "bench-key"
NOBODY = 9  # a port that nobody listens on
UNLIMITED = 1_000_000  # the highest rate limit that can be configured

_COMMAND = str(Path(sys.executable).with_name("contact-bridge"))


def configured(folder: Path, database_url: str, upstream_port: int = NOBODY, **settings: Mapping[str, object]) -> Path:
    """Write a ``bridge.toml``; ``settings`` go into the tables ``server``, ``upstream`` and that of the ``org``."""
    tables: dict[str, dict[str, object]] = {
        "server": {"database_url": database_url, **settings.get("server", {})},
        "upstream": {"base_url": f"http://127.0.0.1:{upstream_port}", **settings.get("upstream", {})},
        f"orgs.{ORG}": {"api_key": KEY, **settings.get("org", {})},
        f"sources.{SOURCE}": {"provider": "shopify", "secret": SECRET},
    }
    lines = [
        f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
        for table, values in tables.items()
    ]
    config = folder / f"bridge-{time.monotonic_ns()}.toml"
    config.write_text("\n".join(lines), "utf-8")
    return config


@contextmanager
def serving(config: Path, *, delivery: bool) -> Iterator[Running]:
    """Run ``contact-bridge serve``."""
    port, flags = free_port(), [] if delivery else ["--no-delivery"]
    command = [_COMMAND, "serve", "--config", str(config), "--port", str(port), *flags]
    with started(command, config.parent, port) as running:
        yield running


@contextmanager
def delivering(config: Path) -> Iterator[Running]:
    """Run ``contact-bridge deliver``."""
    with started([_COMMAND, "deliver", "--config", str(config)], config.parent) as running:
        yield running


@contextmanager
def sandbox(folder: Path) -> Iterator[Running]:
    """Run the stand-in upstream that is part of the product: it has bulk creates, and its own rate limit."""
    port = free_port()
    command = [_COMMAND, "sandbox", "--port", str(port), "--key", f"{KEY}=org_bench"]
    with started(command, folder, port) as running:
        wait_for(port, path="/_sandbox/settings")  # everything else counts as a request
        yield running


def wait_for(port: int, timeout: float = 30.0, path: str = "/healthz") -> None:
    """Return when somebody listens. Raises `ConnectionRefusedError` if nobody does."""
    until = time.monotonic() + timeout
    while True:
        try:
            HTTPConnection("127.0.0.1", port, timeout=timeout).request("GET", path)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def first_answer(bridge: Running, timeout: float = 30.0) -> float:
    """Return the seconds from the start of a bridge to its first 200. Raises `TimeoutError` if there is none."""
    request = webhooks(1)
    while time.monotonic() < bridge.started + timeout:
        try:
            if load.run(bridge.port, request, 1, timeout).latencies:
                return time.monotonic() - bridge.started
        except ConnectionRefusedError:
            time.sleep(0.002)
    raise TimeoutError("the bridge does not answer with 200")


def metrics(port: int) -> str:
    """Return what ``/metrics`` says."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        return str(answer.read().decode())


def kept(port: int) -> int:
    """Return how many events are in the store, as the bridge itself counts them. Raises `RuntimeError` if it cannot."""
    said = metrics(port)
    if "# TYPE contact_bridge_events " not in said:
        raise RuntimeError("the bridge cannot count what is in its store at the moment")
    return sum(int(float(n)) for n in re.findall(r"(?m)^contact_bridge_events\{.*\} (\S+)$", said))

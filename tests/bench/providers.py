"""How long each provider takes to verify and read a webhook of 4 KB: a part of every acknowledgement."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from app.config import Source
from app.webhook import Webhook
from tests.bench.figures import Figure, Found
from tests.bench.padding import padded
from tests.bench.setting import Setting
from tests.provider_samples import NOW, SIGNED, signed, source_for

BYTES = 4096
_TIMES = 40


def measure(_setting: Setting) -> Found:
    """The slowest providers, each with its slowest sample."""
    rows = slowest()
    figures = [Figure(f"verifying and reading {BYTES} bytes, {row['provider']}", [row["ms"]], "ms") for row in rows]
    words = ", ".join(f"{row['provider']} {row['ms']:.2f} ms" for row in rows)
    return Found(figures, [f"verifying and reading {BYTES} bytes, the slowest providers: {words}"])


def slowest(most: int = 5) -> list[dict[str, Any]]:
    """Return ``{provider, sample, bytes, ms}`` for the slowest sample of each of the slowest providers, worst first."""
    worst: dict[str, dict[str, Any]] = {}
    for name, sample in SIGNED:
        source = source_for(name, dict(sample.source))
        webhook = signed(source, padded(sample.webhook, BYTES))
        spent = statistics.median(milliseconds(source, webhook))
        row = {"provider": name, "sample": sample.name, "bytes": len(webhook.body), "ms": spent}
        worst[name] = max(row, worst.get(name, row), key=lambda one: float(one["ms"]))
    return sorted(worst.values(), key=lambda row: -float(row["ms"]))[:most]


def best() -> dict[str, float]:
    """Return for each provider the least processor time, in milliseconds, of its slowest sample."""
    found: dict[str, float] = {}
    for name, sample in SIGNED:
        source = source_for(name, dict(sample.source))
        spent = min(milliseconds(source, signed(source, padded(sample.webhook, BYTES)), time.thread_time))
        found[name] = max(spent, found.get(name, 0.0))
    return found


def milliseconds(source: Source, webhook: Webhook, seconds: Callable[[], float] = time.perf_counter) -> Sequence[float]:
    """How long some webhooks took, by a clock; each time it is another one, so that nothing is decoded already."""
    assert source.scheme
    taken = []
    for _ in range(_TIMES):
        fresh = replace(webhook)
        started = seconds()
        source.scheme.verify(fresh, source.secrets, NOW)
        source.provider.read(source, fresh, NOW)
        taken.append(1000 * (seconds() - started))
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(best()))

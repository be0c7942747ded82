"""How long each provider takes to verify and read a webhook: a part of every acknowledgement."""

import json
import statistics
import time
from dataclasses import replace
from typing import Any

from app.config import Source
from app.webhook import Webhook
from tests.provider_samples import NOW, SIGNED, signed, source_for

_BYTES = 4096
_TIMES = 40


def slowest(most: int = 5) -> list[dict[str, Any]]:
    """Return ``{provider, sample, bytes, ms}`` for the slowest sample of each of the slowest providers, worst first."""
    worst: dict[str, dict[str, Any]] = {}
    for name, sample in SIGNED:
        source = source_for(name, sample.source)
        webhook = signed(source, replace(sample.webhook, body=_filled(sample.webhook.body)))
        row = {
            "provider": name,
            "sample": sample.name,
            "bytes": len(webhook.body),
            "ms": _milliseconds(source, webhook),
        }
        worst[name] = max(row, worst.get(name, row), key=lambda one: float(one["ms"]))
    return sorted(worst.values(), key=lambda row: -float(row["ms"]))[:most]


def _filled(body: bytes) -> bytes:
    """A JSON object of about 4 KB; a form or a list stays as it is."""
    if body.lstrip()[:1] != b"{" or len(body) >= _BYTES:
        return body
    more = {f"more {number}": "words and words" for number in range((_BYTES - len(body)) // 30)}
    return json.dumps({**json.loads(body), "more": more}).encode()


def _milliseconds(source: Source, webhook: Webhook) -> float:
    """The median; each time it is another webhook, so that nothing is decoded already."""
    assert source.scheme
    taken = []
    for _ in range(_TIMES):
        fresh = replace(webhook)
        started = time.perf_counter()
        source.scheme.verify(fresh, source.secrets, NOW)
        source.provider.read(source, fresh, NOW)
        taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)

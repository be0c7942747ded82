"""Delivery processes at work on what was stored before; nobody receives meanwhile."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.arrivals import rate
from tests.bench.bridges import UNLIMITED, configured, delivering
from tests.bench.running import cpu_seconds, listening
from tests.bench.setting import Setting
from tests.bench.stand_in import arrivals
from tests.bench.stored import Contents, fill

LATENCY = 0.1  # seconds that the upstream takes
_SLOWEST = 20.0  # deliveries a second: whoever is slower is waited for no longer
_LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Drained:
    """Deliveries a second, and the processor seconds that each took in the delivery processes and in PostgreSQL."""

    rate: float
    delivery_cpu: float
    database_cpu: float


def drained(setting: Setting, kind: str, concurrency: int, processes: int = 1) -> Drained:
    """Work off events that were received, with no rate limit. Raises `TimeoutError` if that takes too long."""
    folder, databases, events = setting.folder, setting.databases, setting.size.deliveries
    url = databases.fresh(kind)
    fill(url, Contents(received=events))
    with listening("stand_in", folder, "--latency", str(LATENCY)) as upstream, ExitStack() as stack:
        limits = {"rate_limit": UNLIMITED, "concurrency": concurrency}
        config = configured(folder, url, upstream.port, upstream=limits)
        pids = [stack.enter_context(delivering(config)).process.pid for _ in range(processes)]

        def spent() -> tuple[float, float]:
            return sum(map(cpu_seconds, pids)), databases.cpu_seconds()

        already, before = len(wait_for_arrivals(upstream.port, 1, 30.0)), spent()  # they are up
        arrived = wait_for_arrivals(upstream.port, events, events / _SLOWEST)
        time.sleep(2 * LATENCY)  # and the last are settled
        delivery, database = ((now - then) / (events - already) for now, then in zip(spent(), before, strict=True))
        return Drained(rate(arrived), delivery, database)


def wait_for_arrivals(port: int, wanted: int, timeout: float) -> list[float]:
    """Return when requests for new contacts arrived, once there are ``wanted``. Raises `TimeoutError`."""
    until = time.monotonic() + timeout
    while len(arrived := arrivals(port)) < wanted:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(arrived)} of {wanted} requests arrived in {timeout:.0f} s")
        time.sleep(_LOOK_EVERY_SECONDS)
    return arrived

"""Delivery processes at work on what was received before; nobody receives meanwhile."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from app.store import Store
from tests.bench.arrivals import rate
from tests.bench.bridges import NOBODY, UNLIMITED, configured, delivering
from tests.bench.costs import Meter, Worked
from tests.bench.running import Running, listening
from tests.bench.setting import Setting
from tests.bench.stand_in import arrivals
from tests.bench.stored import Contents, fill

LATENCY = 0.1  # seconds that the upstream takes
_SLOWEST = 20.0  # events a second: whoever is slower is waited for no longer
_LOOK_EVERY_SECONDS = 0.1


def drained(setting: Setting, kind: str, concurrency: int, processes: int = 1) -> Worked:
    """Map and deliver, with no rate limit. Raises `TimeoutError` if that takes too long."""
    events, url = setting.size.deliveries, setting.databases.fresh(kind)
    fill(url, Contents(received=events))
    with ExitStack() as stack:
        port = stack.enter_context(listening("stand_in", setting.folder, "--latency", str(LATENCY))).port
        bridges = stack.enter_context(_delivering(setting, url, port, concurrency, processes))
        already = len(wait_for_arrivals(port, 1, 30.0))
        meter = Meter(setting.databases, bridges)  # they are up
        arrived = wait_for_arrivals(port, events, events / _SLOWEST)
        time.sleep(2 * LATENCY)  # and the last are settled
        return Worked(rate(arrived), meter.each(events - already))


def mapped(setting: Setting, kind: str, processes: int) -> Worked:
    """Map only: nobody is there to deliver to. Raises `TimeoutError` if that takes too long.

    Where nobody can be delivered to, mapping takes its time; but not where people may go out in bulk.
    """
    events, url = setting.size.mappings, setting.databases.fresh(kind)
    fill(url, Contents(received=events))
    with closing(Store(url)) as store, _delivering(setting, url, NOBODY, 1, processes, bulk=True) as bridges:
        already = events - _wait_until_received(store, events - 1, 30.0)
        began, meter = time.monotonic(), Meter(setting.databases, bridges)
        _wait_until_received(store, 0, events / _SLOWEST)
        return Worked((events - already) / (time.monotonic() - began), meter.each(events - already))


@contextmanager
def _delivering(
    setting: Setting, url: str, upstream: int, concurrency: int, processes: int, *, bulk: bool = False
) -> Iterator[list[Running]]:
    limits = {"rate_limit": UNLIMITED, "concurrency": concurrency}
    config = configured(setting.folder, url, upstream, upstream=limits, org={"bulk": bulk})
    with ExitStack() as stack:
        yield [stack.enter_context(delivering(config)) for _ in range(processes)]


def wait_for_arrivals(port: int, wanted: int, timeout: float) -> list[float]:
    """Return when requests for new contacts arrived, once there are ``wanted``. Raises `TimeoutError`."""
    until = time.monotonic() + timeout
    while len(arrived := arrivals(port)) < wanted:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(arrived)} of {wanted} requests arrived in {timeout:.0f} s")
        time.sleep(_LOOK_EVERY_SECONDS)
    return arrived


def _wait_until_received(store: Store, most: int, timeout: float) -> int:
    """Return how many events wait to be mapped, once they are no more than ``most``. Raises `TimeoutError`."""
    until = time.monotonic() + timeout
    while (left := sum(n for (_, status), n in store.log.counts().items() if status == "received")) > most:
        if time.monotonic() > until:
            raise TimeoutError(f"{left} events are not mapped after {timeout:.0f} s")
        time.sleep(_LOOK_EVERY_SECONDS)
    return left

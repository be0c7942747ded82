"""Bar 7: how long it takes until a great many waiting sign-ups are upstream, by bulk creates within the rate limit."""

import json
import time
from dataclasses import dataclass
from urllib.request import Request, urlopen

import psutil
import sqlalchemy as sa

from app.store import Store
from app.store.tables import persons
from tests.bench.bridges import KEY, configured, delivering, sandbox
from tests.bench.figures import Figure, Found
from tests.bench.running import cpu_seconds
from tests.bench.setting import Setting, say
from tests.bench.stored import Contents, fill

_BAR, _MOST_SECONDS = 100_000, 180.0
_SLOWEST = 100  # sign-ups a second: whoever is slower is waited for no longer
_LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class _Drained:
    """Seconds in all, processor seconds of the delivery process, its largest memory in MB, and the requests it made."""

    seconds: float
    cpu: float
    rss_mb: float
    requests: int


def measure(setting: Setting) -> Found:
    """Raises `AssertionError` if anybody is missing upstream or there twice, `TimeoutError` if it does not end."""
    signups, figures, lines = setting.size.signups, list[Figure](), list[str]()
    most = _MOST_SECONDS if signups >= _BAR else None
    for kind in setting.databases.kinds:
        say(f"  … {signups} of them, {kind}")
        run = _drained(setting, kind)
        cpu = 1000 * run.cpu / signups
        figures += [
            Figure(f"{signups} sign-ups in bulk, {kind}", [run.seconds], "s", better="less", bar="7", limit=most),
            Figure(f"processor time of a sign-up in bulk, {kind}", [cpu], "ms", better="less", portable="cpu"),
        ]
        lines.append(
            f"{kind}: {signups} sign-ups upstream in {run.seconds:.0f} s, {signups / run.seconds:.0f} a second, "
            f"by {run.requests} requests; the delivery process took {run.rss_mb:.0f} MB"
        )
    return Found(figures, lines)


def _drained(setting: Setting, kind: str) -> _Drained:
    signups, url = setting.size.signups, setting.databases.fresh(kind)
    fill(url, Contents(received=signups))
    store = Store(url)
    with sandbox(setting.folder) as upstream:
        config = configured(setting.folder, url, upstream.port, org={"bulk": True})
        with delivering(config) as process:
            rss = _wait(store, process.process.pid, signups)
            seconds, cpu = time.monotonic() - process.started, cpu_seconds(process.process.pid)
        requests = _requests(upstream.port)
        _all_there_once(store, upstream.port, signups)
    store.close()
    return _Drained(seconds, cpu, rss, requests)


def _wait(store: Store, pid: int, signups: int) -> float:
    """Return when nothing waits any more: the largest memory of the process until then."""
    until, largest = time.monotonic() + 30 + signups / _SLOWEST, 0.0
    while store.log.oldest_waiting():
        if time.monotonic() > until:
            raise TimeoutError(f"not all of {signups} sign-ups were delivered: {store.log.counts()}")
        largest = max(largest, psutil.Process(pid).memory_info().rss / 2**20)
        time.sleep(_LOOK_EVERY_SECONDS)
    return largest


def _requests(port: int) -> int:
    """Return how many requests were made; none of them may have been one too many in a minute."""
    with urlopen(f"http://127.0.0.1:{port}/_sandbox/requests", timeout=60) as answer:
        told = json.load(answer)
    assert not [request for request in told["requests"] if request["status"] == 429], "the rate limit was exceeded"
    return int(told["total"])


def _all_there_once(store: Store, port: int, signups: int) -> None:
    one = Request(f"http://127.0.0.1:{port}/orgs/c/contacts?take=1", headers={"Authorization": f"Bearer {KEY}"})
    with urlopen(one, timeout=60) as answer:
        upstream = int(answer.headers["pagination-count"])
    with store.database.reading() as connection:
        known = connection.execute(sa.select(sa.func.count(sa.distinct(persons.c.contact_id)))).scalar_one()
    delivered = sum(count for (_, status), count in store.log.counts().items() if status == "delivered")
    counted = {"delivered": delivered, "contacts upstream": upstream, "contacts known": known}
    assert set(counted.values()) == {signups}, f"of {signups} sign-ups: {counted}"

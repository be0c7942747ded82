"""What Prometheus is told. Labels are names from the configuration and fixed words, never anything a sender sent.

With ``PROMETHEUS_MULTIPROC_DIR`` set before this is imported (``serve`` does), every process writes to
files there and any of them can answer for all.
"""

import os
from collections.abc import Iterable

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
    start_http_server,
    values,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from app import __version__
from app.errors import StoreUnavailableError
from app.store import Store

log = structlog.get_logger()

_ACK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_DELIVERY_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600, 3600, 21600, 86400)

accepted = Counter("contact_bridge_accepted", "Events kept, by source and result", ["source", "result"])
refused = Counter("contact_bridge_refused", "Webhooks refused, by source and cause", ["source", "cause"])
attempts = Counter("contact_bridge_attempts", "Attempts to deliver, by org and outcome", ["org", "outcome"])
bulk_people = Counter("contact_bridge_bulk_people", "People in bulk creates, by org and outcome", ["org", "outcome"])
ack_seconds = Histogram(
    "contact_bridge_ack_seconds", "From the first byte read to the answer of a webhook", buckets=_ACK_BUCKETS
)
delivery_seconds = Histogram(
    "contact_bridge_delivery_seconds",
    "From the 200 for a webhook to its contact upstream; a replay, and the end of a pause, begin it anew",
    buckets=_DELIVERY_BUCKETS,
)

_COUNTED = (accepted, refused, attempts, bulk_people, ack_seconds, delivery_seconds)


class _StoreCollector(Collector):
    """What only the store knows, read when it is asked for."""

    def __init__(self, store: Store, now: float) -> None:
        self._store, self._now = store, now

    def collect(self) -> Iterable[Metric]:
        events = GaugeMetricFamily("contact_bridge_events", "Events in the store", labels=["source", "status"])
        for (source, status), count in sorted(self._store.log.counts().items()):
            events.add_metric([source, status], count)
        oldest = self._store.log.oldest_waiting()
        age = max(0.0, self._now - oldest.timestamp()) if oldest else 0.0
        yield events
        yield GaugeMetricFamily("contact_bridge_oldest_waiting_seconds", "Age of the oldest event not settled", age)
        held = GaugeMetricFamily(
            "contact_bridge_org_held", "1 while an org's deliveries are held", labels=["org", "hold"]
        )
        for state in self._store.orgs.held().values():
            held.add_metric([state.org, state.hold.value], 1)
        yield held
        paused = GaugeMetricFamily(
            "contact_bridge_paused", "1 while an operator holds an org or a source", labels=["kind", "name"]
        )
        for pause in self._store.pauses.all():
            paused.add_metric([pause.kind.value, pause.name], 1)
        yield paused
        alive = len(self._store.deliverers.all())
        yield GaugeMetricFamily("contact_bridge_deliverers", "Delivery processes that live, on all machines", alive)


class _SelfCollector(Collector):
    """What is known without the store. ``store_up`` is 1 if the store could be read just now."""

    def __init__(self, store_up: int) -> None:
        self._store_up = store_up

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("contact_bridge", "Which version answers", {"version": __version__})
        yield GaugeMetricFamily("contact_bridge_store_up", "1 if the database can be read", self._store_up)


def exposition(store: Store, now: float) -> bytes:
    """Return everything in Prometheus' text format; ``now`` is seconds since 1970."""
    text = generate_latest(_counted())
    try:
        if not store.migrated:  # the database may have been away until now
            store.migrate()
        return text + _generated(_StoreCollector(store, now)) + _generated(_SelfCollector(1))
    except StoreUnavailableError as error:
        log.warning("store unavailable", reason=str(error), what="metrics of the store")
        return text + _generated(_SelfCollector(0))


def listen(host: str, port: int) -> int:
    """Answer with this process's counters alone, in a thread; return the port, which is chosen if ``port`` is 0.

    For a process that has no web server. Raises `OSError` if the address cannot be had.
    """
    server, _ = start_http_server(port, host, _counted())
    return server.server_port


def _counted() -> CollectorRegistry:
    registry = CollectorRegistry()
    if values.ValueClass is values.MutexValue:
        for metric in _COUNTED:
            registry.register(metric)
    else:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _generated(collector: Collector) -> bytes:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)


def forget_process(pid: int) -> None:
    """Tell the files that a process is gone."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]

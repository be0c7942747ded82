"""Who goes out in bulk is in a trace of their own, as everybody is."""

from collections.abc import Iterator

import pytest
from bulk_kit import CROWD, BulkRig
from otlp_collector import Collector, collecting, told

from app import tracing
from app.otel import ids_of


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as server:
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        tracing.begin("delivery")
        yield server
        tracing._traces = None


def test_an_attempt_in_bulk_is_a_part_of_each_events_trace(crowded: BulkRig, collector: Collector) -> None:
    crowded.crowd(source="shop")

    crowded.bulk()
    tracing.end()

    spans = [span for _, span in collector.named("deliver in bulk")]
    ids = [ids_of("shop", str(told(span)["contact_bridge.event_id"])) for span in spans]
    assert len(spans) == len({span.trace_id for span in spans}) == CROWD
    assert [(span.trace_id, span.parent_span_id) for span in spans] == [(a.to_bytes(16), b.to_bytes(8)) for a, b in ids]
    assert {told(span)["contact_bridge.outcome"] for span in spans} == {"delivered"}
    assert not [body for body in collector.bodies if b"example" in body]

"""Spans, as OpenTelemetry has them: an extra that need not be installed, so only `app.tracing` imports this."""

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterator

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import SpanContext, SpanKind, StatusCode, TraceFlags

from app import __version__
from app.webhook import loggable

_PATIENCE_SECONDS = 3  # with a collector that is away: whoever stops waits for it, too


class Traces:
    """What one process tells of events. Of the first span of each, the ids are known everywhere: `ids_of` the event."""

    def __init__(self, process: str) -> None:
        name = os.environ.get("OTEL_SERVICE_NAME", "contact-bridge")
        about = {"service.name": name, "service.version": __version__, "contact_bridge.process": process}
        self._ids = _Ids()
        self._provider = TracerProvider(resource=Resource.create(about), id_generator=self._ids)
        patience = None if "OTEL_EXPORTER_OTLP_TIMEOUT" in os.environ else _PATIENCE_SECONDS
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=patience)))
        self._tracer = self._provider.get_tracer("contact-bridge", __version__)

    def kept(self, source: str, event_id: str, status: str, seconds: float) -> None:
        """A webhook that was answered just now: the first span of its event's trace, unless it came before."""
        told = {**_names(source, event_id), "contact_bridge.status": status}
        began = time.time_ns() - round(seconds * 1e9)
        if status == "duplicate":
            within, ids = _within(source, event_id), None
        else:
            within, ids = Context(), ids_of(source, event_id)
        with self._ids.given(ids):
            span = self._tracer.start_span("webhook", within, SpanKind.SERVER, attributes=told, start_time=began)
        span.end()

    def delivered(self, source: str, event_id: str, outcome: str, seconds: float) -> None:
        """An attempt that is over just now."""
        told = {**_names(source, event_id), "contact_bridge.outcome": outcome}
        began = time.time_ns() - round(seconds * 1e9)
        within = _within(source, event_id)
        self._tracer.start_span("deliver in bulk", within, attributes=told, start_time=began).end()

    @contextlib.contextmanager
    def event(self, name: str, source: str, event_id: str) -> Iterator[None]:
        with self._current(name, SpanKind.INTERNAL, _within(source, event_id), _names(source, event_id)):
            yield

    @contextlib.contextmanager
    def request(self, method: str) -> Iterator[None]:
        with self._current(f"{method} contacts", SpanKind.CLIENT):
            yield

    @contextlib.contextmanager
    def _current(
        self, name: str, kind: SpanKind, within: Context | None = None, told: dict[str, str] | None = None
    ) -> Iterator[None]:
        """Of an error only its kind is told: its words may repeat what the upstream, or the database, said."""
        with self._tracer.start_as_current_span(
            name, within, kind, told, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", type(error).__name__)
                raise

    def note(self, name: str, value: str | int) -> None:
        trace.get_current_span().set_attribute(name, value)

    def end(self) -> None:
        self._provider.shutdown()


class _Ids(RandomIdGenerator):
    """At random, but for a span whose ids are given."""

    _next = threading.local()

    @contextlib.contextmanager
    def given(self, ids: tuple[int, int] | None) -> Iterator[None]:
        self._next.ids = ids
        yield
        self._next.ids = None

    def generate_trace_id(self) -> int:
        ids: tuple[int, int] | None = getattr(self._next, "ids", None)
        return ids[0] if ids else super().generate_trace_id()

    def generate_span_id(self) -> int:
        ids: tuple[int, int] | None = getattr(self._next, "ids", None)
        return ids[1] if ids else super().generate_span_id()


def ids_of(source: str, event_id: str) -> tuple[int, int]:
    """Return the id of an event's trace, and that of its first span."""
    digest = hashlib.sha256(f"{source}\n{event_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])


def _within(source: str, event_id: str) -> Context:
    first = SpanContext(*ids_of(source, event_id), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return trace.set_span_in_context(trace.NonRecordingSpan(first), Context())


def _names(source: str, event_id: str) -> dict[str, str]:
    return {"contact_bridge.source": source, "contact_bridge.event_id": loggable(event_id)}

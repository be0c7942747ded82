"""One trace for each event, from its webhook to the upstream, where OpenTelemetry is installed and told where to send.

Who receives and who delivers share nothing but the database, and it has no column for a trace. The trace's id is made
from the event's instead, so that every process knows it. Nothing that a person wrote is in a span.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from app.otel import Traces

log = structlog.get_logger()

_WANTED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_traces: "Traces | None" = None


def begin(process: str) -> None:
    """Let this process trace, if that is wanted: after forking, for it starts a thread. ``process`` is its name."""
    global _traces  # noqa: PLW0603 -- as the counters are: one for each process
    if not any(os.environ.get(name) for name in _WANTED):
        return
    try:
        from app.otel import Traces  # noqa: PLC0415 -- an extra

        _traces = Traces(process)
    except ImportError:
        log.warning("no traces", reason="OpenTelemetry is not installed", install="contact-bridge[otel]")


def end() -> None:
    """Send what was not sent yet."""
    if _traces:
        _traces.end()


def kept(source: str, event_id: str, status: str, seconds: float) -> None:
    """Tell of an event whose webhook was answered just now; ``seconds`` is how long that took."""
    if _traces:
        _traces.kept(source, event_id, status, seconds)


def delivered(source: str, event_id: str, outcome: str, seconds: float) -> None:
    """Tell of an attempt that is over just now, and whose requests were other people's, too."""
    if _traces:
        _traces.delivered(source, event_id, outcome, seconds)


def event(name: str, source: str, event_id: str) -> AbstractContextManager[None]:
    """What happens within is a part of this event's trace."""
    return _traces.event(name, source, event_id) if _traces else nullcontext()


def request(method: str) -> AbstractContextManager[None]:
    """What happens within is one request to the upstream."""
    return _traces.request(method) if _traces else nullcontext()


def note(name: str, value: str | int) -> None:
    """Add to what is under way."""
    if _traces:
        _traces.note(name, value)

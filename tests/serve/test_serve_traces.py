"""One trace from the webhook to the upstream, over processes that share nothing but the database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from otlp_collector import Collector, collecting, told
from serve_process import CONFIGURATION, PERSON, Served, lead, until

from app.otel import Traces, ids_of
from app.sandbox import SandboxServer

pytestmark = pytest.mark.slow


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as server:
        yield server


@pytest.fixture
def traced(
    tmp_path: Path, upstream: SandboxServer, collector: Collector
) -> Iterator[Callable[[dict[str, str]], Served]]:
    text = CONFIGURATION.format(database_url="sqlite:///bridge.db", upstream_url=upstream.url)
    with ExitStack() as stack:
        yield lambda environ: stack.enter_context(Served(tmp_path, text, env=environ))
    upstream.reset()


def test_an_event_is_one_trace_from_its_webhook_to_the_upstream(
    traced: Callable[[dict[str, str]], Served], collector: Collector
) -> None:
    served = traced(collector.environ)

    assert served.post() == served.post(lead(2)) == 200
    until(lambda: len(collector.named("deliver")) == len(collector.named("webhook")) == 2)
    until(lambda: collector.named("POST contacts"))

    first, event = ids_of("landing", "lead-1"), "lead-1"
    trace_id, root_id = first[0].to_bytes(16), first[1].to_bytes(8)
    [(web, webhook)] = [
        found for found in collector.named("webhook") if told(found[1])["contact_bridge.event_id"] == event
    ]
    [(delivery, deliver)] = [found for found in collector.named("deliver") if found[1].trace_id == trace_id]
    [post] = [span for _, span in collector.named("POST contacts") if span.trace_id == trace_id]
    assert (web, delivery) == ("web", "delivery")
    assert (webhook.trace_id, webhook.span_id, webhook.parent_span_id) == (trace_id, root_id, b"")
    assert (deliver.parent_span_id, post.parent_span_id) == (root_id, deliver.span_id)
    assert webhook.start_time_unix_nano < webhook.end_time_unix_nano
    assert deliver.start_time_unix_nano <= post.start_time_unix_nano < post.end_time_unix_nano
    assert told(webhook)["contact_bridge.status"] == "accepted"
    assert told(deliver)["contact_bridge.outcome"] == "delivered"
    assert told(post)["http.response.status_code"] == 200


def test_what_comes_twice_is_in_the_same_trace_and_nobody_is_named(
    traced: Callable[[dict[str, str]], Served], collector: Collector
) -> None:
    served = traced(collector.environ)

    assert served.post(PERSON) == served.post(PERSON) == 200
    until(lambda: len(collector.named("webhook")) == 2)
    until(lambda: collector.named("POST contacts"))

    first, again = sorted((span for _, span in collector.named("webhook")), key=lambda span: bool(span.parent_span_id))
    assert again.trace_id == first.trace_id
    assert again.parent_span_id == first.span_id != again.span_id
    assert not [body for body in collector.bodies if b"ada" in body.lower() or b"example" in body.lower()]


def test_whatever_was_not_sent_is_sent_when_it_stops(
    traced: Callable[[dict[str, str]], Served], collector: Collector
) -> None:
    served = traced({**collector.environ, "OTEL_BSP_SCHEDULE_DELAY": "600000"})
    served.post()
    until(lambda: served.messages("attempt"))

    served.__exit__()

    assert {process for process, _ in collector.spans} == {"web", "delivery"}
    assert served.process.returncode == 0


def test_a_collector_that_is_away_holds_up_nobody(traced: Callable[[dict[str, str]], Served]) -> None:
    served = traced({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_BSP_SCHEDULE_DELAY": "100"})
    assert served.post() == 200
    until(lambda: served.messages("attempt"))

    served.__exit__()

    assert served.process.returncode == 0
    assert "process killed" not in served.output()


def test_an_attempt_in_bulk_is_a_part_and_of_an_error_only_its_kind(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.environ["OTEL_EXPORTER_OTLP_ENDPOINT"])
    traces = Traces("delivery")

    traces.delivered("landing", "lead-1", "delivered", 2.0)
    with pytest.raises(ValueError, match="ada"), traces.event("deliver", "landing", "lead-1"), traces.request("POST"):
        raise ValueError("ada@example.com")
    traces.end()

    [(_, bulk)], [(_, post)] = collector.named("deliver in bulk"), collector.named("POST contacts")
    assert bulk.trace_id == post.trace_id == ids_of("landing", "lead-1")[0].to_bytes(16)
    assert bulk.end_time_unix_nano - bulk.start_time_unix_nano >= 2e9
    assert (told(post), post.status.code, post.status.message) == ({"error.type": "ValueError"}, 2, "")
    assert b"ada" not in b"".join(collector.bodies)


def test_a_part_of_the_events_can_be_traced_and_each_of_them_whole(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        **collector.environ,
        "OTEL_TRACES_SAMPLER": "traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.5",
    }.items():
        monkeypatch.setenv(name, value)
    web, delivery = Traces("web"), Traces("delivery")

    for number in range(40):
        web.kept("landing", f"lead-{number}", "accepted", 0.1)
        with delivery.event("deliver", "landing", f"lead-{number}"), delivery.request("POST"):
            pass
    web.end()
    delivery.end()

    traced = [{span.trace_id for _, span in collector.named(name)} for name in ("webhook", "deliver", "POST contacts")]
    assert traced[0] == traced[1] == traced[2]
    assert 0 < len(traced[0]) < 40

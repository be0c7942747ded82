"""/metrics of all processes together."""

import re
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families
from serve_process import BEARER, Served, lead, until

from app import __version__
from app.sandbox import SandboxServer

pytestmark = pytest.mark.slow


def values(served: Served) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and its labels' values, sorted by label."""
    text = served.ask("GET", "/metrics")[2].decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(s.name, *(s.labels[name] for name in sorted(s.labels))): s.value for s in samples}


def test_metrics_sum_up_over_all_processes_and_their_restarts(
    serve: Callable[..., Served], upstream: SandboxServer
) -> None:
    served = serve()
    sent = 20

    for number in range(sent):
        served.post(lead(number))
    served.post(lead(0))
    served.ask("POST", "/hooks/landing", lead(0), {"Authorization": "Bearer nothing"})
    served.ask("POST", "/hooks/landing", b"{", BEARER)
    served.ask("POST", "/hooks/ada@example.com", b"{}")
    until(lambda: values(served).get(("contact_bridge_delivery_seconds_count",)) == sent)  # the last to be counted
    before = [values(served) for _ in range(6)]  # whichever worker answers
    served.workers()[0].kill()
    served.children()[1].kill()
    until(lambda: served.messages("process died"))
    served.workers()
    after = [values(served) for _ in range(6)]

    assert before[0]["contact_bridge_info", __version__] == before[0]["contact_bridge_deliverers",] == 1
    for found in before + after:
        assert found["contact_bridge_accepted_total", "accepted", "landing"] == sent
        assert found["contact_bridge_accepted_total", "duplicate", "landing"] == 1
        assert found["contact_bridge_refused_total", "wrong secret", "landing"] == 1
        assert found["contact_bridge_refused_total", "unreadable body", "landing"] == 1
        assert found["contact_bridge_refused_total", "unknown source", ""] == 1
        assert found["contact_bridge_attempts_total", "main", "delivered"] == sent
        assert found["contact_bridge_ack_seconds_count",] == sent + 1
        assert found["contact_bridge_delivery_seconds_count",] == sent
        assert found["contact_bridge_events", "landing", "delivered"] == sent
        assert found["contact_bridge_oldest_waiting_seconds",] == 0


def test_counters_that_an_alert_adds_up_begin_at_nought(serve: Callable[..., Served]) -> None:
    found = values(serve("--no-delivery"))

    assert found["contact_bridge_accepted_total", "accepted", "landing"] == 0
    assert found["contact_bridge_refused_total", "store unavailable", "landing"] == 0


def test_it_tells_the_age_of_the_oldest_event_that_waits(serve: Callable[..., Served]) -> None:
    served = serve("--no-delivery")

    served.post()
    first = values(served)

    assert first["contact_bridge_events", "landing", "received"] == 1
    assert first["contact_bridge_deliverers",] == 0
    until(
        lambda: (
            values(served)["contact_bridge_oldest_waiting_seconds",] > first["contact_bridge_oldest_waiting_seconds",]
        )
    )


def test_no_label_holds_anything_that_a_sender_sent(serve: Callable[..., Served], upstream: SandboxServer) -> None:
    served = serve()

    served.post()
    served.ask("POST", "/hooks/someone@example.com", b"x" * 2_000_000)
    served.ask("POST", "/someone", b"x")
    until(lambda: values(served).get(("contact_bridge_events", "landing", "delivered")) == 1)

    text = served.ask("GET", "/metrics")[2].decode()
    assert re.findall("someone|ada|lead-1|@", text) == []

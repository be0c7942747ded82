"""Every query that is shipped, asked of a real Prometheus that watches a bridge."""

import json
import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_server import RULES, Prometheus, prometheus
from watched import watched

from app.sandbox import SandboxServer

pytestmark = pytest.mark.slow

PANELS = json.loads((RULES.parent.parent / "grafana/dashboard.json").read_text("utf-8"))["panels"]
ALERTS = {
    rule["alert"]: rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]
}
RATE_INTERVAL = "1m"  # Grafana's, for a source of data that is scraped every 15 s, which is what it takes for granted

# The others tell of a bridge, a database or deliveries that are away, of a refused key, and of what lasts.
TRUE = {
    "ContactBridgeUpstreamDown",
    "ContactBridgeEventsFailed",
    "ContactBridgeRefusesSource",
    "ContactBridgePaused",
}


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory, upstream: SandboxServer) -> Iterator[Prometheus]:
    """A Prometheus that has seen everything happen twice: a rate needs two scrapes."""
    folder = tmp_path_factory.mktemp("watched")
    with watched(folder, upstream) as bridge, prometheus(folder, bridge.addresses) as looking:
        for _ in range(2):
            looking.look()
            bridge.receive()
        bridge.be_held()
        looking.look()
        yield looking


def drawn(prometheus: Prometheus, query: str) -> list[Any]:
    """Return the numbers that Grafana would draw."""
    now, filled = time.time(), query.replace("$__rate_interval", RATE_INTERVAL)
    series = prometheus.ask("query_range", query=filled, start=now - 60, end=now, step=1)["result"]
    return [value for one in series for _, value in one["values"] if math.isfinite(float(value))]


def test_each_panel_draws_something(looking: Prometheus) -> None:
    queries = {(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]}

    assert [query for query in queries if not drawn(looking, query[1])] == []
    assert len(queries) >= len(PANELS)
    assert drawn(looking, "sum(rate(contact_bridge_nothing_total[$__rate_interval]))") == []
    assert [query for _, query in queries if "$" in query.replace("$__rate_interval", "")] == []


def test_each_rule_is_loaded_and_true_of_what_it_tells_alone(looking: Prometheus) -> None:
    loaded = {rule["name"]: rule for group in looking.ask("rules")["groups"] for rule in group["rules"]}

    assert loaded.keys() == ALERTS.keys()
    assert {name for name, rule in ALERTS.items() if looking.series(rule["expr"])} == TRUE


def test_each_alert_that_is_told_says_what_it_is_about(looking: Prometheus) -> None:
    looking.look()  # rules are evaluated as often
    told = {alert["labels"]["alertname"]: alert["annotations"] for alert in looking.ask("alerts")["alerts"]}

    assert told.keys() == TRUE
    assert told["ContactBridgeEventsFailed"]["summary"] == "2 events of landing failed and wait for somebody."
    assert told["ContactBridgePaused"]["summary"] == "source landing has been paused for a day."
    assert [words for alert in told.values() for words in alert.values() if "{{" in words or "error" in words] == []
    rules = [rule for group in looking.ask("rules")["groups"] for rule in group["rules"]]
    assert [rule for rule in rules if rule["health"] != "ok"] == []

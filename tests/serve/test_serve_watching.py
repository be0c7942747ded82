"""Every name in the alert rules and in the dashboard, against what a running bridge tells Prometheus."""

import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import promql_parser as promql
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from serve_process import SCRIPT, Served
from watched import watched

from app.sandbox import SandboxServer
from app.store import Hold
from app.web.hooks import _CAUSES
from app.webhook import EventStatus

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
PANELS = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text("utf-8"))["panels"]
QUERIES = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]
WORDS = {*map(str, EventStatus), *map(str, Hold), *_CAUSES.values()}  # fixed words that a label may have


@dataclass
class Told:
    """What one process tells: the labels of each sample's name, and every value that a label has."""

    labels: dict[str, set[str]] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)

    def hear(self, text: str) -> None:
        for sample in (s for family in text_string_to_metric_families(text) for s in family.samples):
            self.labels.setdefault(sample.name, set()).update(sample.labels)
            for name, value in sample.labels.items():
                self.values.setdefault(name, set()).add(value)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, upstream: SandboxServer) -> Told:
    """A bridge that receives and one that delivers, with everything that may happen to them."""
    heard = Told()
    with watched(tmp_path_factory.mktemp("watched"), upstream) as bridge:
        bridge.receive()
        bridge.be_held()
        for address in bridge.addresses:
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
                heard.hear(answer.read().decode())
    return heard


def parts(tree: object) -> Iterator[promql.Expr]:
    """Yield an expression and everything that it is made of."""
    yield tree
    inner = [getattr(tree, name, None) for name in ("lhs", "rhs", "expr", "vector_selector", "param")]
    for part in [*filter(None, inner), *getattr(tree, "args", ())]:
        yield from parts(part)


def parsed(query: str) -> list[promql.Expr]:
    return list(parts(promql.parse(query.replace("$__rate_interval", "5m"))))


def unheard(query: str, told: Told) -> list[str]:
    """Return what a query asks for and no bridge ever tells."""
    tree = parsed(query)
    selectors = [part for part in tree if isinstance(part, promql.VectorSelector)]
    missing = [one.name for one in selectors if one.name not in told.labels]
    known = set().union(*(told.labels.get(one.name, set()) for one in selectors))
    for one in selectors:
        for matcher in one.matchers.matchers:
            missing += [matcher.name] if matcher.name not in told.labels.get(one.name, ()) else []
            wanted = filter(None, matcher.value.split("|"))
            missing += [value for value in wanted if value not in told.values.get(matcher.name, set()) | WORDS]
    grouped = [part.modifier for part in tree if isinstance(part, promql.AggregateExpr) and part.modifier]
    return missing + [label for modifier in grouped for label in modifier.labels if label not in known]


def test_it_tells_whatever_a_rule_or_a_panel_asks_for(told: Told) -> None:
    missing = {query: found for query in QUERIES if (found := unheard(query, told))}

    assert missing == {}
    assert len(QUERIES) > 20
    assert unheard('sum by (sauce) (rate(contact_bridge_refused_total{cause="x"}[5m])) / nothing', told) == [
        "nothing",
        "x",
        "sauce",
    ]


def test_each_metric_is_in_the_table_of_the_documents_with_its_labels(told: Told) -> None:
    table = (ROOT / "docs/deploying.md").read_text("utf-8").split("\n| metric |")[1].split("\n\n")[0]
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]*)\|", table)
    written = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    heard: dict[str, set[str]] = {}
    for name, labels in told.labels.items():
        if name.startswith("contact_bridge_") and not name.endswith("_created"):
            heard.setdefault(re.sub(r"_(bucket|sum|count)$", "", name), set()).update(labels - {"le"})

    assert written == heard | {"contact_bridge_bulk_people_total": {"org", "outcome"}}  # which nothing here is in


def test_no_rule_names_a_label_that_its_query_leaves_out() -> None:
    for rule in RULES:
        kept = {
            label
            for part in parsed(rule["expr"])
            if isinstance(part, promql.AggregateExpr) and part.modifier
            for label in part.modifier.labels
        }

        named = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))

        assert named <= kept, rule["alert"]
        assert rule["annotations"].keys() == {"summary", "do"}
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}


def test_each_rule_has_a_course_of_events_for_promtool() -> None:
    document = yaml.safe_load((ROOT / "deploy/prometheus/alerts.test.yaml").read_text("utf-8"))
    tried = {one["alertname"] for test in document["tests"] for one in test["alert_rule_test"] if one.get("exp_alerts")}

    assert tried == {rule["alert"] for rule in RULES}


def test_no_panel_shows_a_label_that_its_query_leaves_out() -> None:
    for target in (target for panel in PANELS for target in panel["targets"]):
        grouped = re.findall(r"by \(([^)]*)\)", target["expr"])

        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= set(", ".join(grouped).split(", "))


def test_it_says_when_the_counters_cannot_be_offered(tmp_path: Path, served: Served) -> None:
    taken = served.url.rpartition(":")[2]
    command = [str(SCRIPT), "deliver", "--config", str(served.folder / "bridge.toml"), "--metrics"]

    for address, complaint in ((taken, "cannot listen on 127.0.0.1"), ("here", "[HOST:]PORT")):
        ended = subprocess.run([*command, address], cwd=tmp_path, capture_output=True, text=True, check=False)

        assert ended.returncode == 2
        assert complaint in ended.stderr

"""deploy/kubernetes: what the schemas of `make check` cannot know."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_lines import objection
from documents import blocks

from app import create_app
from app.config import load

FOLDER = Path(__file__).parent.parent.parent / "deploy/kubernetes"
SECRETS = "/run/secrets/contact-bridge"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
RESOURCES = [
    document
    for name in KUSTOMIZATION["resources"]
    for document in yaml.safe_load_all((FOLDER / name).read_text("utf-8"))
]
DEPLOYMENTS = [one for one in RESOURCES if one["kind"] == "Deployment"]
PODS = [one["spec"]["template"] for one in DEPLOYMENTS]
CONTAINERS = [container for pod in PODS for container in pod["spec"]["containers"]]


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """The ConfigMap's file, with its secrets in a folder of the test's."""
    text = (FOLDER / "bridge.toml").read_text("utf-8")
    assert text.count(SECRETS) == 3
    (tmp_path / "bridge.toml").write_text(text.replace(SECRETS, str(tmp_path)))
    (tmp_path / "database-url").write_text("postgresql://bridge:made-up@db.example.com/bridge\n")
    for name in ("invent-api-key", "landing-token"):
        (tmp_path / name).write_text(f"made-up-{name}\n")
    return tmp_path / "bridge.toml"


def probes() -> Iterator[dict[str, Any]]:
    for container in CONTAINERS:
        yield from (value["httpGet"] for name, value in container.items() if name.endswith("Probe"))


def test_it_has_a_configuration_that_loads(configuration: Path) -> None:
    config = load(configuration, {})

    assert config.server.database_url.endswith("@db.example.com/bridge")
    assert config.orgs["main"].api_key == "made-up-invent-api-key"
    assert config.sources["landing"].secrets == ("made-up-landing-token",)


def test_it_asks_for_what_the_bridge_answers(configuration: Path) -> None:
    known = {rule.rule for rule in create_app(load(configuration, {})).url_map.iter_rules()}
    ports = {port["name"] for container in CONTAINERS for port in container["ports"]}

    assert {probe["path"] for probe in probes()} <= known
    assert {probe["port"] for probe in probes()} == ports


def test_it_runs_commands_that_there_are_on_the_ports_that_it_names() -> None:
    commands = {container["name"]: container["args"] for container in CONTAINERS}
    ports = {container["name"]: container["ports"][0]["containerPort"] for container in CONTAINERS}
    dockerfile = (FOLDER.parent.parent / "Dockerfile").read_text("utf-8")

    assert [objection(command) for command in commands.values()] == ["", ""]
    assert commands["delivery"][-1].endswith(f":{ports['delivery']}")
    assert f"PORT={ports['web']} " in dockerfile
    assert "CONTACT_BRIDGE_CONFIG=/etc/contact-bridge/bridge.toml" in dockerfile


def test_it_mounts_what_it_names() -> None:
    for pod in PODS:
        mounts = {mount["mountPath"]: mount["name"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}

        assert volumes[mounts["/etc/contact-bridge"]]["configMap"]["name"] == "contact-bridge"
        assert volumes[mounts[SECRETS]]["secret"]["secretName"] == "contact-bridge"
        assert "emptyDir" in volumes[mounts["/tmp"]]
    assert KUSTOMIZATION["configMapGenerator"] == [{"name": "contact-bridge", "files": ["bridge.toml"]}]


def test_it_asks_for_no_privilege() -> None:
    for pod in PODS:
        assert pod["spec"]["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        assert pod["spec"]["automountServiceAccountToken"] is False
    for container in CONTAINERS:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_everything_that_selects_finds_pods() -> None:
    found = [pod["metadata"]["labels"] for pod in PODS]
    selectors = [
        spec.get("podSelector") or spec["selector"]
        for spec in (one["spec"] for one in RESOURCES if "template" not in one["spec"])
    ]

    assert len(selectors) == 5
    assert [one for one in selectors if one.get("matchLabels", one) not in found] == []


def test_the_overlay_that_is_shown_takes_an_image_and_a_configuration_of_ones_own(tmp_path: Path) -> None:
    if not shutil.which("kubectl"):
        pytest.skip("there is no kubectl here")
    [overlay] = [block.text for block in blocks("yaml") if "kustomization.yaml" in block.text]
    shutil.copytree(FOLDER, tmp_path / "deploy/kubernetes")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/kustomization.yaml").write_text(overlay)
    (tmp_path / "mine/bridge.toml").write_text("# of one's own\n")

    command = ["kubectl", "kustomize", str(tmp_path / "mine")]
    built = list(yaml.safe_load_all(subprocess.run(command, capture_output=True, text=True, check=True).stdout))

    [config] = [one for one in built if one["kind"] == "ConfigMap"]
    pods = [one["spec"]["template"]["spec"] for one in built if one["kind"] == "Deployment"]
    assert config["data"] == {"bridge.toml": "# of one's own\n"}
    assert {pod["containers"][0]["image"] for pod in pods} == {"registry.example.com/contact-bridge:0.1.0"}
    assert {pod["volumes"][0]["configMap"]["name"] for pod in pods} == {config["metadata"]["name"]}


def test_it_becomes_one_whole_where_there_is_kustomize() -> None:
    if not shutil.which("kubectl"):
        pytest.skip("there is no kubectl here")
    built = subprocess.run(["kubectl", "kustomize", str(FOLDER)], capture_output=True, text=True, check=True).stdout
    documents = list(yaml.safe_load_all(built))
    [made] = [one["metadata"]["name"] for one in documents if one["kind"] == "ConfigMap"]

    assert len(documents) == len(RESOURCES) + 1
    assert built.count(f"name: {made}\n") == 1 + len(PODS)

"""The compose files, held to compose's specification, the Dockerfile and the command line. There is no docker here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_lines import objection
from compose_spec import PyCompose

from app.config import load

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
DOCKERFILE = (DEPLOY.parent / "Dockerfile").read_text("utf-8")
each_file = pytest.mark.parametrize("name", ["compose.yaml", "compose.sqlite.yaml"])


def read(name: str) -> dict[str, Any]:
    """A compose file, its anchors and merges filled in."""
    document: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text("utf-8"))
    return document


def ours(name: str) -> dict[str, dict[str, Any]]:
    return {key: service for key, service in read(name)["services"].items() if service["image"] == "contact-bridge"}


@each_file
def test_it_is_what_compose_specifies(name: str) -> None:
    document = read(name)

    compose = PyCompose.from_json(json.dumps(document))
    compose.validate()

    assert set(compose.service_names()) == set(document["services"])
    with pytest.raises(ValueError, match="x-"):
        PyCompose.from_json(json.dumps({**document, "service": {}}))


@each_file
def test_it_runs_commands_that_there_are(name: str) -> None:
    commands = [service["command"] for service in ours(name).values() if "command" in service]

    assert [objection(command) for command in commands] == [""] * len(commands)
    assert re.search(r'^CMD \["contact-bridge", "serve", "--host", "0.0.0.0"\]$', DOCKERFILE, re.MULTILINE)


@each_file
def test_it_mounts_where_the_image_reads_and_writes(name: str) -> None:
    for service in ours(name).values():
        targets = [mount.split(":")[1] for mount in service["volumes"]]

        assert targets == ["/etc/contact-bridge/bridge.toml", "/data"]
        assert f"CONTACT_BRIDGE_CONFIG={targets[0]}\n" in DOCKERFILE
        assert f"VOLUME {targets[1]}\n" in DOCKERFILE
        assert service["tmpfs"] == ["/tmp"]
        for port in service.get("ports", []):
            assert f"EXPOSE {port.rpartition(':')[2]}\n" in DOCKERFILE


@each_file
def test_it_asks_for_no_privilege_and_is_seen_by_nobody_outside(name: str) -> None:
    for service in ours(name).values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_it_names_a_database_that_the_bridge_takes(tmp_path: Path) -> None:
    written, also = (service["environment"] for service in ours("compose.yaml").values())
    assert written == also
    environ = {key: re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}", "letters123", text) for key, text in written.items()}
    (tmp_path / "bridge.toml").write_text('[orgs.main]\napi_key = "made-up"\n')

    config = load(tmp_path / "bridge.toml", environ)

    assert {"DATABASE_URL": config.server.database_url} == environ


def test_only_one_of_two_services_delivers_and_one_that_is_alone_does() -> None:
    commands = {key: service["command"] for key, service in ours("compose.yaml").items()}

    assert "--no-delivery" in commands["web"]
    assert commands["delivery"][1] == "deliver"
    assert "command" not in ours("compose.sqlite.yaml")["bridge"]

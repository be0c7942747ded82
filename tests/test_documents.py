"""README and docs/: commands that are there, configurations that load, links that lead somewhere."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from command_lines import objection
from documents import DOCUMENTS, ROOT, Block, anchors, blocks, inline, links

from app.cli import main

OTHERS = ("app = ",)  # how files of other programs begin
ORG = '\n[orgs.main]\napi_key = "made-up"\n'
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
CONFIGURATIONS = [block for block in blocks("toml") if not block.text.startswith(OTHERS)]
by_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def complaint(words: list[str]) -> str:
    """Return what is wrong with one of our commands, or nothing."""
    if words[0] != "make":
        found = objection(words)
        return "" if found.endswith("does not exist.") else found  # a file of the reader's
    targets = [word for word in words[1:] if "=" not in word]
    known = set(re.findall(r"(?m)^([a-z][a-z-]*|\$\(VENV\)[\w./]*):", MAKEFILE))
    variables = {word.partition("=")[0] for word in words if "=" in word}
    return " ".join([*(t for t in targets if t not in known), *(v for v in variables if f"({v}" not in MAKEFILE)])


def test_every_command_that_is_shown_is_there() -> None:
    shown = [(block, words) for block in blocks("sh", "text") for words in block.commands]

    wrong = [
        f"{block.document.name}: {' '.join(words)}: {said}" for block, words in shown if (said := complaint(words))
    ]

    assert wrong == []
    assert len(shown) > 20
    assert ["contact-bridge", "backup", "/backups/bridge-within.db", "--force"] in [words for _, words in shown]
    assert complaint(["make", "tset"]) == "tset"
    assert "No such option" in complaint(["contact-bridge", "serve", "--sandbocks"])


@by_document
def test_every_command_that_is_named_is_there(path: Path) -> None:
    said = [f"{' '.join(words)}: {complaint(words)}" for words in inline(path.read_text("utf-8"))]

    assert [one for one in said if "No such" in one or re.match("make .*: .", one)] == []


def test_every_command_in_deploy_is_there() -> None:
    texts = [
        path.read_text("utf-8")
        for path in (ROOT / "deploy").rglob("*")
        if path.suffix not in (".json", ".pyc") and path.is_file()
    ]
    named = [words for text in texts for words in inline(text)]

    assert [words for words in named if "No such" in complaint(words)] == []
    assert len(named) > 8


def whole(block: Block) -> str:
    """A configuration of its own, made of an example that may be a part."""
    text = block.text if block.text.lstrip("# \n").startswith("[") else f"[server]\n{block.text}"
    return text if "[orgs." in text else text + ORG


def environment(text: str, keys: Mapping[str, str]) -> dict[str, str]:
    names = re.findall(r"\$\{env:(\w+)\}", text)
    return {name: keys.get(name, f"made-up-{name}") for name in names}  # two that are the same are a mistake


@pytest.mark.parametrize(
    "block", CONFIGURATIONS, ids=lambda block: f"{block.document.stem}-{CONFIGURATIONS.index(block)}"
)
def test_every_configuration_that_is_shown_loads(block: Block, tmp_path: Path) -> None:
    run = CliRunner()
    keys = {name: run.invoke(main, ["key"]).stdout.strip() for name in ("BRIDGE_ENCRYPTION_KEY", "NEW_KEY", "OLD_KEY")}
    (tmp_path / "bridge.toml").write_text(whole(block))

    checked = run.invoke(main, ["check", "--config", str(tmp_path / "bridge.toml")], env=environment(block.text, keys))

    assert checked.exit_code == 0, f"{block.text}\n{checked.output}"


def test_files_of_other_programs_can_be_read() -> None:
    others = [tomllib.loads(block.text) for block in blocks("toml") if block not in CONFIGURATIONS]
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")

    [fly] = others
    assert f"EXPOSE {fly['http_service']['internal_port']}\n" in dockerfile
    assert f"VOLUME {fly['mounts']['destination']}\n" in dockerfile
    assert f"CONTACT_BRIDGE_CONFIG={fly['files'][0]['guest_path']}\n" in dockerfile
    for block in blocks("yaml"):
        services = yaml.safe_load(block.text).get("services", [])
        assert [objection(one["dockerCommand"].split()) for one in services] == [""] * len(services)


def test_it_looks_at_pictures_too() -> None:
    assert "docs/screenshots/event.png" in links(ROOT / "README.md")


def test_each_alert_rule_is_among_what_to_do() -> None:
    rules = re.findall(r"(?m)^ +- alert: (\w+)", (ROOT / "deploy/prometheus/alerts.yaml").read_text("utf-8"))
    table = (ROOT / "docs/operations.md").read_text("utf-8").split("## What to do when")[1].split("\n## ")[0]

    assert rules
    assert [rule for rule in rules if f"`{rule}`" not in table] == []


@by_document
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in links(path):
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path

        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target

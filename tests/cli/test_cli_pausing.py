"""``pause`` and ``resume``."""

import json
from pathlib import Path

import pytest
from cli_events import opened
from cli_run import Run


@pytest.fixture
def configured(configured: Path) -> Path:
    """With a database, as a bridge that runs there has made it."""
    with opened(configured):
        return configured


def test_what_is_paused_is_listed_until_it_is_resumed(configured: Path, run: Run) -> None:
    assert "Nothing is paused" in run("pause").stdout

    assert "contact-bridge resume main" in run("pause", "main").stdout
    assert "contact-bridge resume --source shop" in run("pause", "--source", "shop").stdout

    listed = json.loads(run("pause", "--json").stdout)
    assert [(each["kind"], each["name"]) for each in listed] == [("org", "main"), ("source", "shop")]
    assert all(each["since"] for each in listed)
    assert "shop" in run("pause").stdout

    assert "org main goes on" in run("resume", "main").stdout
    assert [each["name"] for each in json.loads(run("resume", "--source", "shop", "--json").stdout)] == []


def test_saying_it_twice_does_no_harm(configured: Path, run: Run) -> None:
    run("pause", "main")

    again, resumed, nothing = run("pause", "main"), run("resume", "main"), run("resume", "main")

    assert "already paused" in again.stdout
    assert "was not paused" in nothing.stdout
    assert [each.exit_code for each in (again, resumed, nothing)] == [0, 0, 0]


def test_what_is_configured_no_more_can_be_resumed(configured: Path, run: Run) -> None:
    run("pause", "--source", "shop")
    toml = configured / "bridge.toml"
    toml.write_text(toml.read_text().replace("sources.shop", "sources.store"))

    assert run("pause", "--source", "shop").exit_code == 2
    assert run("resume", "--source", "shop").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pause", "mian"), "there is no org 'mian'; did you mean main?"),
        (("pause", "--source", "shp"), "there is no source 'shp'; did you mean shop?"),
        (("resume", "mian"), "did you mean main?"),
        (("pause", "landing"), "there is no org 'landing'; that is a source: --source landing?"),
        (("resume", "landing"), "that is a source: --source landing?"),
        (("resume",), "say which"),
        (("pause", "main", "--source", "shop"), "not both"),
    ],
)
def test_wrong_usage_is_told_in_words(configured: Path, run: Run, arguments: tuple[str, ...], words: str) -> None:
    refused = run(*arguments)

    assert refused.exit_code == 2
    assert words in refused.stderr

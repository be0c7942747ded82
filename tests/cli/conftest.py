"""A folder of one's own, and the commands run in it."""

from pathlib import Path

import pytest
from cli_run import Run
from cli_sealed import mark, receive, seal_with
from click.testing import CliRunner, Result

from app.cli import main
from app.store.keyring import new_key

TOML = """
[orgs.main]
api_key = "key-of-tests"
[sources.shop]
provider = "shopify"
secret = "shop-secret-of-tests"
[sources.landing]
provider = "relay"
auth = "bearer"
secret = "token-of-tests"
event_id = "id"
event_type = "type"
[sources.landing.contact]
email = "who.mail"
name = "who.name"
phone = "who.phone"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("PORT", "DATABASE_URL", "CONTACT_BRIDGE_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def configured(folder: Path) -> Path:
    (folder / "bridge.toml").write_text(TOML)
    return folder


@pytest.fixture
def keys(configured: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the configuration: two, from the environment."""
    made = [new_key(), new_key()]
    for name, value in zip(("NEW_KEY", "OLD_KEY"), made, strict=True):
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command line; whatever is not an exit on purpose is a failure of the test."""

    def command(*arguments: str, stdin: str | bytes = "") -> Result:
        result = CliRunner().invoke(main, arguments, input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return command


@pytest.fixture
def lost(configured: Path, keys: list[str]) -> str:
    """Two events of Mira by a key that is missing now, and one of Ben; the mark of that key."""
    seal_with(configured, "OLD_KEY")
    receive(configured, "e1")
    receive(configured, "e2")
    seal_with(configured, "NEW_KEY")
    receive(configured, "e3", "ben@sealed.example")
    return mark("OLD_KEY")

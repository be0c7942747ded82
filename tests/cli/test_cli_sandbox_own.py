"""Every command beside ``serve --sandbox --config FILE`` finds the sandbox in the same way, and makes no database."""

import json
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_sandbox import Sandbox, environment, start, stop

from app.store import Store

pytestmark = pytest.mark.slow
TOML = """
[server]
public_url = "https://hooks.example.com"
encryption_key = "${env:SEAL}"
[orgs.main]
api_key = "real"
[sources.shop]
provider = "shopify"
secret = "s"
"""
SEAL = "invented-key-for-tests-and-nothing-else-123="
FILE = "var/sandbox/bridge.toml"
SEALING = "Sealing\n"  # the bar of reseal, where there is no terminal


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of own.toml, in a folder without a bridge.toml."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.toml").write_text(TOML)
    running = start(folder, "--config", "own.toml", "--port", "0", SEAL=SEAL)
    yield running
    assert stop(running) == 0


@pytest.fixture(scope="module")
def event_id(own: Sandbox) -> str:
    sent = json.loads(own.run("send", "shop", "--json", SEAL=SEAL).stdout)
    assert sent["event"]["status"] == "delivered"
    return str(sent["answer"]["event_id"])


COMMANDS = [
    ("events",),
    ("show", "EVENT"),
    ("replay", "EVENT"),
    ("replay", "EVENT", "--dry-run"),
    ("check",),
    ("check", "--against", "5"),
    ("pause",),
    ("resume", "main"),
    ("ignore", "--status", "failed"),
    ("erase", "--receipts"),
    ("reseal",),
    ("restored", "--over"),
    ("backup", "copy.db", "--force"),
    ("send", "shop"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_finds_it(own: Sandbox, event_id: str, command: tuple[str, ...]) -> None:
    done = own.run(*(event_id if part == "EVENT" else part for part in command), SEAL=SEAL)

    assert (done.returncode, done.stderr) in [(0, ""), (0, SEALING)], done.stderr
    assert not (own.folder / "var" / "bridge.db").exists()


def test_its_line_to_try_next_works_as_it_is_printed(own: Sandbox) -> None:
    line = next(line.strip() for line in own.out.splitlines() if "contact-bridge send" in line)

    sent = subprocess.run(
        shlex.split(line), cwd=own.folder, env=environment(SEAL=SEAL), capture_output=True, text=True, check=False
    )

    assert sent.returncode == 0, sent.stderr
    assert "delivered" in sent.stdout
    assert "--config" not in line


def test_beside_a_bridge_toml_it_is_meant_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "bridge.toml").write_text(TOML)
    running = start(tmp_path, "--config", "bridge.toml", "--port", "0", SEAL=SEAL)
    line = next(line for line in running.out.splitlines() if "contact-bridge send" in line)
    sent = running.run("send", "shop", "--config", FILE, SEAL=SEAL)
    listed = running.run(
        "events", "--json", "--config", str(tmp_path / FILE), SEAL=SEAL, DATABASE_URL="sqlite:///no.db"
    )
    none = running.run("events", SEAL=SEAL)
    silent = running.run("send", "shop", "--url", "http://127.0.0.1:1/hooks/shop", SEAL=SEAL)
    with closing(Store(f"sqlite:///{tmp_path / 'var/bridge.db'}")) as store:
        store.migrate()
    real = running.run("events", SEAL=SEAL)

    assert stop(running, signal.SIGINT) == 0
    assert line.endswith(f"--config {FILE}")
    assert (sent.returncode, sent.stderr) == (0, "")
    assert [event["status"] for event in json.loads(listed.stdout)] == ["delivered"]
    assert none.returncode == 2
    assert f"there is no database at {tmp_path / 'var/bridge.db'}" in none.stderr
    assert f"the sandbox that runs here is meant with --config {FILE}" in none.stderr
    assert none.stderr.count(FILE) == 1
    assert silent.returncode == 1
    assert "There are no events yet" in real.stdout
    assert f"note: bridge.toml means its own database; the sandbox that runs here is meant with --config {FILE}" in (
        real.stderr
    )
    assert not (tmp_path / "no.db").exists()

"""The README's first screens, word for word: what `make run` starts and prints, and a configuration of one's own."""

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_sandbox import PATIENCE, SCRIPT, Sandbox, environment, start, stop
from click.testing import CliRunner
from documents import ROOT

from app.cli import main

pytestmark = pytest.mark.slow
SCREEN, CONNECT = re.split(r"(?m)^## ", (ROOT / "README.md").read_text("utf-8").split("\n## See it\n")[1])[:2]
CHANGES = re.compile(r"contact_[0-9a-f]{20}|\b[0-9a-f]{32}\b|127\.0\.0\.1:\d+")  # from run to run


def shown(begin: str) -> list[str]:
    """The lines of the block that begins like this, but for what is another one each time."""
    [block] = re.findall(rf"(?ms)^```text\n({re.escape(begin)}.*?)^```$", SCREEN)
    return [CHANGES.sub("", line) for line in block.splitlines()]


def ask(sandbox: Sandbox, line: str) -> str:
    """What a line prints that is typed in the clone."""
    done = subprocess.run(
        shlex.split(line),
        cwd=sandbox.folder,
        env=plain(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def plain() -> dict[str, str]:
    """The environment of somebody who did not activate anything."""
    return environment() | {"PATH": os.environ["PATH"].replace(f"{SCRIPT.parent}{os.pathsep}", "")}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A clone in which `make run` was said: its recipe, on a port that is free."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / ".venv").symlink_to(SCRIPT.parent.parent)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    [recipe] = re.findall(r"(?m)^run: .*\n\t(.*) \$\(if \$\(PORT\)", makefile)
    command = shlex.split(recipe.replace("$(BIN)", ".venv/bin"))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([*command, "--port", "0"], cwd=folder, stdout=out, stderr=out, env=plain())
    running = Sandbox(folder, process)
    running.wait_until("Stop it with Ctrl-C.")
    yield running
    assert stop(running, signal.SIGINT) == 0


@pytest.fixture(scope="module")
def first(sandbox: Sandbox) -> str:
    """What the first line to try prints: the person is new then."""
    return ask(sandbox, shown("Contact Bridge is running")[-1].strip())


def test_it_starts_as_it_is_shown(sandbox: Sandbox) -> None:
    printed = [CHANGES.sub("", line) for line in sandbox.out.strip().splitlines()]

    for line in filter(None, shown("Contact Bridge is running")):
        assert any(one.startswith(line.removesuffix(" …")) for one in printed), line


def test_what_is_sent_is_shown_as_it_is_printed_and_the_second_time_nothing_is_new(
    sandbox: Sandbox, first: str
) -> None:
    again = ask(sandbox, ".venv/bin/contact-bridge send shopify")

    assert [CHANGES.sub("", line) for line in first.splitlines()] == shown("200 {")
    assert re.search(r"why +│ nothing new", again)


def test_whatever_else_it_names_can_be_done(sandbox: Sandbox, first: str) -> None:
    named = [one for one in re.findall(r"`([^`\n]+)`", SCREEN) if re.match(r"(\.venv/bin/|send|show|providers)", one)]
    [event_id] = re.findall(r'"event_id": "(\w+)"', first)

    said = {
        one: ask(sandbox, f".venv/bin/contact-bridge {one.rpartition('contact-bridge ')[2]}".replace("EVENT", event_id))
        for one in (name.replace("NAME", "stripe") for name in named if name != "send")
    }

    assert len(said) >= 5
    assert event_id in said[".venv/bin/contact-bridge events"]
    assert "Mirjam van den Berg" in said["show EVENT"]
    assert all("delivered" in text for one, text in said.items() if one.startswith("send "))
    assert "Stripe-Signature" in said["providers stripe"]


def test_it_says_the_token_of_the_console(sandbox: Sandbox) -> None:
    [token] = re.findall(r"token `([\w-]+)`", SCREEN)

    assert f"/console/   the token is {token}\n" in sandbox.out


def test_what_init_writes_is_complete_with_what_it_says_to_export(tmp_path: Path) -> None:
    [exported] = re.findall(r"(?m)^export (INVENT_API_KEY=.*?) +#", CONNECT)
    values = {name: f"made-up-{name}" for name in re.findall(r"(\w+)=", exported)}
    run, file = CliRunner(), str(tmp_path / "bridge.toml")

    codes = [run.invoke(main, [*words, file], env=values).exit_code for words in (["init"], ["check", "--config"])]

    assert codes == [0, 0]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The configuration that is shown, in front of the stand-in."""
    folder, whole = tmp_path_factory.mktemp("own"), re.findall(r"(?ms)^```toml\n(.*?)^```$", CONNECT)[0]
    (folder / "bridge.toml").write_text(whole)
    [lead] = re.findall(r"`(\{.*?\})` in it", CONNECT)
    (folder / "lead.json").write_text(lead)
    names = re.findall(r"\$\{env:(\w+)\}", whole)
    running = start(folder, "--config", "bridge.toml", PORT="0", **{name: f"made-up-{name}" for name in names})
    yield running
    assert stop(running) == 0


def test_its_configuration_takes_a_customer_and_a_lead(own: Sandbox) -> None:
    environ = {name: f"made-up-{name}" for name in re.findall(r"env:(\w+)", CONNECT)}
    [address] = re.findall(r"Paste `(\S+)` at the sender", CONNECT)

    said = own.run("check", **environ).stdout
    shop, landing = (
        own.run("send", *words, "--config", "var/sandbox/bridge.toml", **environ).stdout
        for words in (["shop"], ["landing", "--file", "lead.json"])
    )
    previewed = own.run("preview", "landing", "lead.json", **environ).stdout

    assert f"{address}\n" in said
    assert re.search(r"status +│ delivered", shop)
    assert re.search(r"status +│ delivered", landing)
    assert "Bo Lind" in landing
    assert "Bo Lind" in previewed

"""``serve --sandbox`` in an empty folder, with nothing else; and every command beside it, through the real script."""

import re
import shlex
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_sandbox import PATIENCE, SCRIPT, Sandbox, environment, start, stop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start(tmp_path_factory.mktemp("sandbox"), "--port", "0")
    yield running
    assert stop(running) == 0


def test_the_line_to_try_next_works_as_it_is_printed(sandbox: Sandbox) -> None:
    line = next(line for line in sandbox.out.splitlines() if "contact-bridge send" in line)

    sent = subprocess.run(
        shlex.split(line), cwd=sandbox.folder, env=environment(), capture_output=True, text=True, check=False
    )

    assert sent.returncode == 0, sent.stderr
    assert re.search(r"status +│ delivered", sent.stdout)
    assert re.search(r"contact id +│ contact_", sent.stdout)
    assert "Mirjam van den Berg" in sent.stdout


@pytest.mark.parametrize("name", ["shopify", "stripe", "woocommerce", "typeform", "tally", "clerk", "relay"])
def test_send_shows_the_contact_that_was_created_from_each_source(sandbox: Sandbox, name: str) -> None:
    sent = sandbox.json("send", name)

    assert sent["http_status"] == 200
    assert sent["event"]["status"] == "delivered", sent["event"]["reason"]
    assert sent["event"]["contact_id"]


def test_it_says_that_its_database_is_empty_at_each_start(sandbox: Sandbox) -> None:
    assert "Database    var/sandbox/bridge.db   empty at each start" in sandbox.out
    assert "/console/   the token is sandbox-token" in sandbox.out
    assert "empty at each start" in " ".join(sandbox.run("serve", "--help").stdout.split())


def test_a_second_send_makes_no_second_contact(sandbox: Sandbox) -> None:
    first, second = sandbox.json("send", "shopify"), sandbox.json("send", "shopify")

    assert first["event"]["contact_id"] == second["event"]["contact_id"]
    assert first["answer"]["event_id"] != second["answer"]["event_id"]


def test_send_says_what_holds_an_event(sandbox: Sandbox) -> None:
    sandbox.run("pause", "--source", "paddle")
    try:
        sent = sandbox.json("send", "paddle")
    finally:
        sandbox.run("resume", "--source", "paddle")

    assert sent["http_status"] == 200
    assert sent["event"]["status"] == "pending"
    assert sent["event"]["waits_because"] == "the source paddle is paused"


def test_events_and_show_tell_what_happened(sandbox: Sandbox) -> None:
    event_id = sandbox.json("send", "shopify")["answer"]["event_id"]

    listed, shown = sandbox.run("events"), sandbox.run("show", event_id)

    assert event_id in listed.stdout  # in one piece, to be copied
    assert "Mirjam van den Berg" in shown.stdout
    assert "Payload, as it was sent" in shown.stdout
    assert "Attempts" in shown.stdout
    assert max(map(len, listed.stdout.splitlines())) <= 80
    (event,) = [event for event in sandbox.json("events", "--source", "shopify") if event["event_id"] == event_id]
    assert (event["status"], event["source"]) == ("delivered", "shopify")
    assert sandbox.json("show", event_id)["attempts_made"]


def test_nothing_of_a_long_id_or_a_contact_is_cut_off(sandbox: Sandbox) -> None:
    event_id = sandbox.json("send", "typeform")["answer"]["event_id"]

    listed = sandbox.run("events", "--source", "typeform")

    assert len(event_id) > 40
    assert event_id in listed.stdout
    assert "solrun@example.com" in listed.stdout


@pytest.mark.parametrize("columns", ["60", "80"])
def test_a_table_fits_the_terminal_whatever_is_in_it(sandbox: Sandbox, columns: str) -> None:
    (sandbox.folder / "nobody.json").write_text('{"a field that says nothing": "and so does its value"}')
    sandbox.run("send", "relay", "--file", "nobody.json")

    command = [str(SCRIPT), "events"]
    env = environment() | {"COLUMNS": columns}
    listed = subprocess.run(command, cwd=sandbox.folder, env=env, capture_output=True, text=True, check=True).stdout

    assert "neither e-mail" in listed  # the reason, folded
    assert all(line[-1] in "┓┃┩│┤┘" for line in listed.splitlines())


def test_a_second_one_in_its_folder_is_refused_and_takes_nothing_away(sandbox: Sandbox) -> None:
    refused = sandbox.run("serve", "--sandbox", "--port", "0")

    assert refused.returncode == 2
    assert "runs in this folder already" in refused.stderr
    assert sandbox.json("send", "shopify")["event"]["status"] == "delivered"


def test_replay_maps_and_delivers_again(sandbox: Sandbox) -> None:
    event_id = sandbox.json("send", "shopify")["answer"]["event_id"]

    replayed = sandbox.json("replay", event_id)

    assert replayed == [{"source": "shopify", "event_id": event_id}]
    end = time.monotonic() + PATIENCE
    while len(sandbox.json("show", event_id)["attempts_made"]) < 2:
        assert time.monotonic() < end


def test_a_contact_can_be_looked_at_in_a_browser(sandbox: Sandbox) -> None:
    sandbox.run("send", "shopify")
    address = next(line.split()[1] for line in sandbox.out.splitlines() if line.strip().startswith("Contacts"))

    with urllib.request.urlopen(address, timeout=PATIENCE) as page:
        assert "Mirjam" in page.read().decode()


def test_a_payload_of_ones_own_can_be_sent(sandbox: Sandbox) -> None:
    (sandbox.folder / "lead.json").write_text('{"email": "own@example.com", "name": "Own Example"}')

    sent = sandbox.json("send", "relay", "--file", "lead.json")

    assert sent["event"]["contact"]["email"] == "own@example.com"


def test_it_works_beside_a_configuration_and_a_database_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "bridge.toml").write_text('[orgs.main]\napi_key = "real"\n')
    running = start(tmp_path, PORT="0", DATABASE_URL="sqlite:///precious.db")
    line = next(line for line in running.out.splitlines() if "contact-bridge send" in line)

    env = environment(DATABASE_URL="sqlite:///precious.db")
    sent = subprocess.run(shlex.split(line), cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    assert stop(running, signal.SIGINT) == 0
    assert sent.returncode == 0, sent.stderr
    assert "delivered" in sent.stdout
    assert not (tmp_path / "precious.db").exists()
    assert not (tmp_path / "var" / "sandbox").exists()


def test_it_serves_ones_own_configuration_in_front_of_the_stand_in(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[server]\npublic_url = "https://hooks.example.com"\n[orgs.main]\napi_key = "real"\n'
        '[sources.shop]\nprovider = "shopify"\nsecret = "s"\n'
    )
    running = start(tmp_path, "--config", "own.toml", "--port", "0")
    line = next(line.strip() for line in running.out.splitlines() if "contact-bridge send" in line)

    sent = subprocess.run(
        line, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )

    assert stop(running) == 0
    assert sent.returncode == 0, sent.stderr
    assert "delivered" in sent.stdout
    assert "Console     none: an admin_token under [server] opens it\n" in running.out


def test_the_stand_in_runs_alone_until_ctrl_c(tmp_path: Path) -> None:
    command = [str(SCRIPT), "sandbox", "--port", "0"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout

    said = process.stdout.readline()
    process.send_signal(signal.SIGINT)

    assert process.wait(PATIENCE) == 0
    assert re.match(r"The stand-in upstream is at http://127\.0\.0\.1:\d+", said)
    process.stdout.close()

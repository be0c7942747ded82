"""``alerts``: what is wrong now, and a test of whoever is to be told."""

import json
from pathlib import Path

import pytest
from cli_events import NOW, arrive, configuration, lead, opened, settle
from cli_run import Run

from app.cli.services import before_the_sandbox
from app.store import Hold, Trouble
from app.webhook import EventStatus

NOWHERE = "http://127.0.0.1:1/secret-of-the-webhook"


def told(folder: Path, *to: str) -> None:
    """Say whom to tell."""
    path = folder / "bridge.toml"
    path.write_text(f"[alerts]\nto = {json.dumps(to)}\n{path.read_text()}")


def test_it_says_that_nothing_is_wrong_and_that_nobody_would_be_told(configured: Path, run: Run) -> None:
    with opened(configured):
        pass

    done = run("alerts")

    assert (done.exit_code, done.stdout) == (0, "Nothing is wrong\n")
    assert "nobody is told" in done.stderr
    assert json.loads(run("alerts", "--json").stdout) == []


def test_it_lists_what_is_wrong_since_when_and_what_to_do(configured: Path, run: Run) -> None:
    told(configured, NOWHERE)
    arrive(configured, lead("e1"))
    settle(configured, EventStatus.FAILED)
    with opened(configured) as store:
        store.orgs.hold("main", Hold.KEY_REFUSED, "401", NOW)

    done = run("alerts")
    failed, refused = json.loads(run("alerts", "--json").stdout)

    assert done.stderr == ""
    assert "the API key of main" in done.stdout
    assert failed["words"] == "1 event failed; the newest: 1 of landing (refused by the upstream)"
    advice = "its events are kept and wait; put a key that works into orgs.main.api_key and restart the bridge"
    assert refused == {
        "kind": "key refused", "subject": "main", "since": NOW.isoformat(), "words": "the API key of main is refused",
        "what_to_do": advice, "page": None, "told_at": None,
    }  # fmt: skip


def test_it_knows_what_was_told(configured: Path, run: Run) -> None:
    with opened(configured) as store:
        store.orgs.hold("main", Hold.KEY_REFUSED, "401", NOW)
        (alert,) = store.alerts.note([Trouble("key refused", "main", NOW, "the API key of main is refused")], NOW)
        store.alerts.told(alert, NOW)

    (found,) = json.loads(run("alerts", "--json").stdout)

    assert found["told_at"] == NOW.isoformat()


def test_a_test_says_of_each_what_happened_and_no_secret(configured: Path, run: Run) -> None:
    told(configured, NOWHERE, "mailto://127.0.0.1:1?from=a@example.com&to=b@example.com&cto=1")

    done = run("alerts", "--test")

    assert done.exit_code == 1
    assert done.stdout == (
        "alerts.to[0] (http): it cannot be reached (ConnectionRefusedError)\nalerts.to[1] (mailto): it was not taken\n"
    )
    assert json.loads(run("alerts", "--test", "--json").stdout)[1] == {
        "to": "alerts.to[1] (mailto)", "told": False, "reason": "it was not taken",
    }  # fmt: skip


def test_a_test_needs_somebody_to_tell(configured: Path, run: Run) -> None:
    refused = run("alerts", "--test")

    assert refused.exit_code == 2
    assert 'to = ["https://…", "mailto://…"]' in refused.stderr


def test_in_front_of_a_sandbox_nobody_is_told(configured: Path) -> None:
    told(configured, NOWHERE)
    config = configuration(configured)

    assert config.alerts.to == (NOWHERE,)
    assert before_the_sandbox(config, "http://127.0.0.1:9").alerts.to == ()


@pytest.mark.parametrize("command", ["check", "serve", "deliver"])
def test_an_address_that_apprise_does_not_know_is_a_mistake(configured: Path, run: Run, command: str) -> None:
    told(configured, NOWHERE, "nonsense://secret-token")

    refused = run(command)

    assert refused.exit_code == 2
    assert "alerts.to[1]: is no address that apprise knows" in refused.stderr
    assert "secret" not in refused.output

"""``reseal --give-up``: it shows what would go, asks, lets go, and says what changed."""

import json
from pathlib import Path

import pytest
from cli_run import Run
from cli_sealed import mark, seal_with


def test_it_shows_what_would_go_and_asks(lost: str, run: Run) -> None:
    refused = run("reseal", "--give-up", lost, stdin="n\n")

    assert refused.exit_code == 1
    assert f"Only the key with the mark {lost} opens these" in refused.stderr
    assert "2 payloads" in refused.stderr
    assert "1 e-mail addresses" in refused.stderr
    assert "1 persons who can no longer be named" in refused.stderr
    assert "2 events that are not delivered yet, and fail now" in refused.stderr
    assert run("erase", "--receipts", "--json").stdout == "[]\n"
    assert run("replay", "--source", "landing", "--dry-run").exit_code == 1


@pytest.mark.parametrize(("arguments", "stdin"), [(("--yes",), ""), ((), "y\n")])
def test_it_lets_go_and_everything_works_again(lost: str, run: Run, arguments: tuple[str, ...], stdin: str) -> None:
    done = run("reseal", "--give-up", lost, *arguments, stdin=stdin)

    [receipt] = json.loads(run("erase", "--receipts", "--json").stdout)
    listed = {row["event_id"]: row for row in json.loads(run("events", "--json").stdout)}
    assert done.exit_code == 0
    assert "contact-bridge restored --over" in done.stdout
    assert (receipt["payloads"], receipt["persons"], receipt["failed"]) == (2, 1, 2)
    assert (listed["e1"]["status"], listed["e1"]["reason"]) == ("failed", "sealed with a key that was given up")
    assert "sealed with a key that was given up" in run("show", "e2").stdout
    assert [run(*command).exit_code for command in (("reseal",), ("replay", "--source", "landing", "--dry-run"))] == [
        0,
        0,
    ]
    assert run("erase", "ben@sealed.example", "--yes").exit_code == 0
    assert run("restored", "--over").stdout == "New persons are created at once again.\n"


def test_it_prints_its_receipt_as_json(lost: str, run: Run) -> None:
    done = run("reseal", "--give-up", lost, "--yes", "--json")

    assert json.loads(done.stdout)["asked_by"] == f"an operator, who gave up the key {lost}"


@pytest.mark.parametrize("give_up", ["NEW_KEY", "OLD_KEY"])
def test_it_refuses_a_key_that_is_configured(configured: Path, lost: str, run: Run, give_up: str) -> None:
    seal_with(configured, "NEW_KEY", "OLD_KEY")

    refused = run("reseal", "--give-up", mark(give_up), "--yes")

    assert refused.exit_code == 2
    assert "is configured, so it is not lost; nothing was given up" in refused.stderr
    assert run("replay", "--source", "landing", "--dry-run").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--give-up", "0123456789abcdef"), "nothing is sealed with a key of the mark '0123456789abcdef'"),
        (("--give-up", "%"), "nothing is sealed with a key of the mark '%'"),
        (("--give-up", ""), "nothing is sealed with a key of the mark ''"),
        (("--yes",), "--yes goes with --give-up MARK"),
    ],
)
def test_it_says_what_is_wrong(lost: str, run: Run, arguments: tuple[str, ...], words: str) -> None:
    refused = run("reseal", *arguments)

    assert refused.exit_code == 2
    assert words in refused.stderr

"""What cannot be read is said: which key is missing, or what is damaged; and nothing passes for done."""

import json
from pathlib import Path

import pytest
from cli_run import Run
from cli_sealed import MIRA, damage, mark, receive, seal_with

DRY_RUN = ("replay", "--source", "landing", "--dry-run")
AGAINST = ("check", "--against", "500")


@pytest.mark.parametrize("command", [DRY_RUN, AGAINST], ids=["replay", "check"])
def test_it_counts_what_is_sealed_and_names_the_key(lost: str, run: Run, command: tuple[str, ...]) -> None:
    done = run(*command)

    assert done.exit_code == 1
    assert f"the encryption key with the mark {lost}. Add it to server.encryption_key" in done.stderr
    assert "contact-bridge reseal --give-up" in done.stderr
    assert "sealed with a key that is missing" in done.stdout
    assert "without a payload" not in done.stdout
    assert "no stored payloads" not in done.stdout


def test_it_says_so_in_json(lost: str, run: Run) -> None:
    replay, check = (json.loads(run(*command, "--json").stdout) for command in (DRY_RUN, AGAINST))

    assert (replay["missing_keys"], check["missing_keys"]) == ([lost], [lost])
    assert (replay["summary"]["unreadable"], replay["summary"]["without_payload"]) == (2, 0)
    assert (check["unreadable"], check["without_payload"]) == (2, 0)
    assert check["summary"]["landing"]["same"] == 1


def test_it_is_content_when_the_key_is_back(configured: Path, lost: str, run: Run) -> None:
    seal_with(configured, "NEW_KEY", "OLD_KEY")

    assert (run(*DRY_RUN).exit_code, run(*AGAINST).exit_code) == (0, 0)


def test_a_person_who_cannot_be_read_fails_the_rehearsal_as_the_delivery(
    configured: Path, keys: list[str], run: Run
) -> None:
    seal_with(configured, "OLD_KEY")
    receive(configured, "e1")
    seal_with(configured, "NEW_KEY", "OLD_KEY")
    receive(configured, "e2", MIRA, phone="+14155550100")
    seal_with(configured, "NEW_KEY")

    done = run("replay", "e2", "--dry-run", "--json")

    shown = json.loads(done.stdout)
    assert (done.exit_code, shown["missing_keys"]) == (1, [mark("OLD_KEY")])
    assert shown["events"][0]["would_be"]["status"] == "failed"
    assert shown["events"][0]["requests"] == []


def test_nobody_is_erased_without_the_key(lost: str, run: Run) -> None:
    refused = run("erase", "ben@sealed.example", "--yes")

    assert refused.exit_code == 1
    assert f"the encryption key with the mark {lost}" in refused.stderr
    assert run("erase", "--receipts", "--json").stdout == "[]\n"


def test_an_erasure_says_what_is_damaged(configured: Path, keys: list[str], run: Run) -> None:
    seal_with(configured, "NEW_KEY")
    receive(configured, "e1", "ben@sealed.example")
    receive(configured, "e2")
    damage(configured, "e2")

    done = run("erase", "ben@sealed.example", "--yes", "--json")

    assert (done.exit_code, json.loads(done.stdout)["unsearched"]) == (1, 1)
    assert "1 event or attempt is damaged and could not be searched" in done.stderr

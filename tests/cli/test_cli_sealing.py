"""``key``, ``reseal``, ``backup`` and ``restored``."""

import json
import os
from pathlib import Path

import pytest
from cli_run import Run
from cli_sealed import mark, open_store, receive, seal_with

from app import utc_now
from app.config import load
from app.store import Attempt, Settlement
from app.webhook import EventStatus


def test_key_prints_a_key_that_check_accepts(configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run("key").output.strip()
    monkeypatch.setenv("NEW_KEY", printed)
    seal_with(configured, "NEW_KEY")

    assert run("check").exit_code == 0
    assert run("key").output.strip() != printed


def test_a_rotation_from_no_key_to_the_second(configured: Path, keys: list[str], run: Run) -> None:
    receive(configured, "e1")
    plain = (configured / "var/bridge.db").read_bytes()
    seal_with(configured, "OLD_KEY")
    receive(configured, "e2")
    seal_with(configured, "NEW_KEY", "OLD_KEY")
    receive(configured, "e3")

    resealed = run("reseal")

    seal_with(configured, "NEW_KEY")
    found = json.loads(run("events", "--person", "Mira@sealed.example", "--json").stdout)
    files = b"".join(path.read_bytes() for path in (configured / "var").glob("bridge.db*") if path.is_file())
    assert b"mira@sealed.example" in plain
    assert resealed.exit_code == 0
    assert "values sealed with the first key" in resealed.stdout
    assert [event["contact"]["email"] for event in found] == ["mira@sealed.example"] * 3
    assert b"mira@sealed.example" not in files
    assert json.loads(run("reseal", "--json").stdout) == {
        "sealed": 0, "unreadable": 0, "remaining": 0, "shared": 0, "missing_keys": [],
    }  # fmt: skip


def test_a_missing_key_is_said_where_it_matters(configured: Path, keys: list[str], run: Run) -> None:
    seal_with(configured, "OLD_KEY")
    receive(configured, "e1")
    seal_with(configured, "NEW_KEY")

    resealed, shown, listed = run("reseal"), run("show", "e1"), run("events")

    assert resealed.exit_code == 1
    assert "values are sealed with a key that is not configured" in resealed.stderr
    assert f"with the mark {mark('OLD_KEY')}. Add it" in resealed.stderr
    assert (shown.exit_code, listed.exit_code) == (0, 0)
    assert "Payload, as it was sent:\nsealed with a key that is not configured" in shown.stdout


def test_reseal_wants_a_key(configured: Path, run: Run) -> None:
    refused = run("reseal")

    assert refused.exit_code == 2
    assert "contact-bridge key" in refused.stderr


def test_backup_writes_a_database_that_can_be_used(configured: Path, run: Run, monkeypatch) -> None:
    receive(configured, "e1")

    copied, again, forced = run("backup", "copy.db"), run("backup", "copy.db"), run("backup", "copy.db", "--force")

    assert (copied.exit_code, again.exit_code, forced.exit_code) == (0, 2, 0)
    assert copied.stdout.startswith("Wrote copy.db (")
    assert "--force" in again.stderr
    monkeypatch.setenv("DATABASE_URL", "sqlite:///copy.db")
    assert "e1" in run("events").stdout


@pytest.mark.parametrize(
    ("file", "words"),
    [("var/bridge.db", "is the database itself"), ("no/such/folder/copy.db", "there is no folder no/such/folder")],
)
def test_backup_refuses_what_would_go_wrong(configured: Path, run: Run, file: str, words: str) -> None:
    receive(configured, "e1")

    refused = run("backup", file, "--force")

    assert refused.exit_code == 2
    assert words in refused.stderr


def test_backup_says_how_postgresql_is_copied(configured: Path, run: Run, postgresql_url: str, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", postgresql_url.replace("postgres:@", "postgres:s3cret@"))

    refused = run("backup", "bridge.dump")

    assert refused.exit_code == 2
    assert "pg_dump --format=custom --file=bridge.dump " in refused.stderr
    assert "s3cret" not in refused.stderr


def test_restored_is_said_and_taken_back(configured: Path, run: Run) -> None:
    receive(configured, "e1")

    said, taken_back, not_marked = run("restored"), run("restored", "--over"), run("restored", "--over")

    assert said.stdout == "Everybody is looked up before anything is sent for them, from now on.\n"
    assert taken_back.stdout == "New persons are created at once again.\n"
    assert not_marked.stdout == "This database is not marked as restored.\n"


def test_show_says_what_no_key_opens(configured: Path, keys: list[str], run: Run) -> None:
    seal_with(configured, "OLD_KEY")
    receive(configured, "e1")
    store = open_store(load(configured / "bridge.toml", os.environ))
    (claim,) = store.claims.claim(utc_now(), 1, ["main"])
    attempt = Attempt(utc_now(), 1, "delivered", exchanges=[{"method": "POST", "path": "/contacts", "status": 200}])
    store.claims.settle(Settlement(claim, EventStatus.DELIVERED, claim.person, attempt))
    store.close()
    seal_with(configured, "NEW_KEY")

    shown = run("show", "e1")

    assert shown.exit_code == 0
    assert " ".join(shown.output.replace("│", " ").split()).count("sealed with a key") > 1

"""Which database a command works with: the one that is there, and none that it made itself."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from cli_events import arrive, configuration, lead, opened
from cli_run import Run

from app.store import Store

MAIL = "e1@example.com"
COMMANDS = [
    ("erase", MAIL, "--yes"),
    ("erase", MAIL),
    ("erase", "--receipts"),
    ("erase", "--export-forgotten", "list.json"),
    ("erase", "--again", "list.json"),
    ("restored",),
    ("restored", "--over"),
    ("pause",),
    ("pause", "main"),
    ("resume", "main"),
    ("ignore", "--status", "failed"),
    ("replay", "--status", "failed"),
    ("replay", "--status", "failed", "--dry-run"),
    ("events",),
    ("show", "e1"),
    ("backup", "copy.db"),
    ("check", "--against", "5"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_it_makes_no_database_where_there_is_none(configured: Path, run: Run, arguments: tuple[str, ...]) -> None:
    before = sorted(configured.iterdir())

    refused = run(*arguments)

    assert refused.exit_code == 2
    assert f"there is no database at {configured / 'var/bridge.db'}; `contact-bridge serve` makes one" in refused.stderr
    assert sorted(configured.iterdir()) == before


@pytest.mark.parametrize("arguments", [("erase", "--receipts"), ("pause",), ("check", "--against", "5")], ids=" ".join)
def test_an_empty_file_is_no_database_either(configured: Path, run: Run, arguments: tuple[str, ...]) -> None:
    (configured / "var").mkdir()
    (configured / "var/bridge.db").touch()

    assert run(*arguments).exit_code == 2


def test_an_empty_database_of_a_server_is_told_without_its_password(
    configured: Path, postgresql: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Store(postgresql)) as store:
        address = store.database.engine.url.set(drivername="postgresql", password="s3cret")
    monkeypatch.setenv("DATABASE_URL", address.render_as_string(hide_password=False))

    refused = run("erase", MAIL, "--yes")

    assert refused.exit_code == 2
    assert f"/{address.database}; `contact-bridge serve` makes one" in refused.stderr
    assert "s3cret" not in refused.stderr


def test_a_receipt_and_check_say_where_the_database_is(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))

    receipt = json.loads(run("erase", MAIL, "--yes", "--json").stdout)

    assert receipt["where"] == f"this bridge's database (SQLite: {configured / 'var/bridge.db'})"
    assert f"  database  {configured / 'var/bridge.db'}\n" in run("check").stdout


def test_a_list_of_the_erased_is_read_from_an_older_database_as_it_is(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    run("erase", MAIL, "--yes")
    with opened(configured) as store, store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
        connection.exec_driver_sql("ALTER TABLE events DROP COLUMN replayed_at")

    written = run("erase", "--export-forgotten", "list.json")

    store = Store(configuration(configured).server.database_url)
    assert (written.exit_code, store.up_to_date) == (0, False)
    assert json.loads((configured / "list.json").read_text())["erased"]
    store.close()


def test_a_list_of_the_erased_is_not_there_in_a_database_that_is_older_still(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    with opened(configured) as store, store.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE tombstones")

    refused = run("erase", "--export-forgotten", "list.json")

    assert refused.exit_code == 1
    assert "who was erased cannot be read (it is of a version that remembered no erasures); where" in refused.stderr
    assert not (configured / "list.json").exists()

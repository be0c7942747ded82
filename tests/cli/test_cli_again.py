"""``erase --export-forgotten`` and ``--again``: what was erased after a backup is erased in what is restored of it."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest
from cli_run import Run
from cli_sealed import open_store, receive

from app import utc_now
from app.cli.erasing import erase_all
from app.config import load
from app.errors import PersonBusyError
from app.store import Filter, Receipt, Whom

ZOE, BEN = "zoe.adler@example.com", "ben@example.com"
FILE = "forgotten.json"


@pytest.fixture
def restored(configured: Path, database_url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with Zoe and Ben in it, and a list of the one that was lost: in that, Zoe was erased since."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    receive(configured, "e1", ZOE)
    receive(configured, "e2", BEN)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///var/lost.db")
    receive(configured, "e1", ZOE)
    run("erase", ZOE, "--yes")
    assert run("erase", "--export-forgotten", FILE).stdout == f"Wrote {FILE}: 2 erased identities\n"
    monkeypatch.setenv("DATABASE_URL", database_url)
    return configured


def known(folder: Path) -> list[str]:
    with closing(open_store(load(folder / "bridge.toml", os.environ))) as store:
        return [each["contact"]["email"] for each in store.log.events(Filter()) if each["contact"]]


@pytest.mark.parametrize(("arguments", "stdin"), [(("--yes",), ""), ((), "y\n")])
def test_it_erases_again_whom_the_list_tells_of(
    restored: Path, run: Run, arguments: tuple[str, ...], stdin: str
) -> None:
    done = run("erase", "--again", FILE, *arguments, stdin=stdin)

    assert done.exit_code == 0
    assert "1 person to be erased again; 2 erased identities are known from now on" in done.stderr
    assert "again after a restore" in done.stdout
    assert known(restored) == [BEN]


def test_it_asks_first(restored: Path, run: Run) -> None:
    refused = run("erase", "--again", FILE, stdin="n\n")

    assert refused.exit_code == 1
    assert "1 person of this database had been erased. This cannot be undone." in refused.stderr
    assert known(restored) == [BEN, ZOE]


def test_it_erases_again_only_in_the_org_that_is_named(restored: Path, run: Run) -> None:
    toml = restored / "bridge.toml"
    text = toml.read_text().replace("provider =", 'org = "main"\nprovider =')
    toml.write_text(text + '[orgs.other]\napi_key = "another-key"\n')

    elsewhere = run("erase", "--again", FILE, "--org", "other", "--yes")

    assert "0 persons to be erased again" in elsewhere.stderr
    assert known(restored) == [BEN, ZOE]
    assert run("erase", "--again", FILE, "--org", "mian", "--yes").exit_code == 2
    assert run("erase", "--again", FILE, "--org", "main", "--yes").exit_code == 0
    assert known(restored) == [BEN]


@pytest.mark.parametrize("arguments", [("--receipts",), ("--export-forgotten", "new.json")])
def test_an_org_goes_with_nothing_else(restored: Path, run: Run, arguments: tuple[str, ...]) -> None:
    refused = run("erase", *arguments, "--org", "main")

    assert (refused.exit_code, "--org goes with a person, or with --again FILE" in refused.stderr) == (2, True)
    assert not (restored / "new.json").exists()


def test_receipts_are_shown_of_whom_was_erased_before_somebody_was_busy(
    restored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(open_store(load(restored / "bridge.toml", os.environ))) as store:
        first = store.erasure.erase(Whom(frozenset({("email", ZOE)}), ("main",)), utc_now())
    answers = iter([first, PersonBusyError("try again")])

    def one_then_busy(_: Whom) -> Receipt:
        if isinstance(answer := next(answers), PersonBusyError):
            raise answer
        return answer

    capsys.readouterr()
    with pytest.raises(PersonBusyError):
        erase_all([Whom(frozenset(), ())] * 2, one_then_busy, as_json=True)

    assert [receipt["persons"] for receipt in json.loads(capsys.readouterr().out)] == [1]


def test_it_prints_the_receipts_as_json(restored: Path, run: Run) -> None:
    first, second = (run("erase", "--again", FILE, "--yes", "--json") for _ in range(2))

    assert [receipt["persons"] for receipt in json.loads(first.stdout)] == [1]
    assert (second.exit_code, json.loads(second.stdout)) == (0, [])


def test_it_leaves_alone_who_is_back(restored: Path, run: Run) -> None:
    receive(restored, "e3", ZOE)

    done = run("erase", "--again", FILE, "--yes")

    assert done.exit_code == 1
    assert "left alone, for they are back: the person of landing e3" in done.stderr
    assert known(restored) == [ZOE, BEN, ZOE]


def test_the_list_names_nobody_and_is_for_its_owner_only(restored: Path) -> None:
    file = restored / FILE

    assert "zoe" not in file.read_text().casefold()
    assert file.stat().st_mode & 0o077 == 0
    assert [path for path in restored.glob(".*") if path.name.startswith(f".{FILE}")] == []


def test_a_list_forgets_nothing_that_is_in_it_already(restored: Path, run: Run) -> None:
    """Written again from the restored database, which knows less, it would be lost."""
    before = json.loads((restored / FILE).read_text())

    run("erase", BEN, "--yes")
    run("erase", "--export-forgotten", FILE)

    after = json.loads((restored / FILE).read_text())
    assert before["erased"].items() < after["erased"].items()
    assert len(after["salts"]) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"salts": ["x"], "erased": {}}', '{"salts": [], "erased": {"a": 1}}']
)
def test_it_takes_no_other_file_for_a_list(configured: Path, run: Run, text: str) -> None:
    receive(configured, "e1", ZOE)
    (configured / "other.json").write_text(text)

    again, export = run("erase", "--again", "other.json"), run("erase", "--export-forgotten", "other.json")

    assert (again.exit_code, export.exit_code) == (2, 2)
    assert "was not written by" in again.stderr
    assert (configured / "other.json").read_text() == text


def test_it_says_what_it_cannot_read_or_write(configured: Path, run: Run) -> None:
    receive(configured, "e1", ZOE)

    again, export = run("erase", "--again", "none.json"), run("erase", "--export-forgotten", "no/such/folder/list.json")

    assert (again.exit_code, export.exit_code) == (2, 2)
    assert "cannot read none.json" in again.stderr
    assert "cannot write no/such/folder/list.json" in export.stderr


def test_one_thing_at_a_time(configured: Path, run: Run) -> None:
    refused = run("erase", ZOE, "--again", FILE)

    assert refused.exit_code == 2
    assert "one of --receipts, --export-forgotten FILE and --again FILE" in refused.stderr


def test_the_way_to_restore_erases_again_before_anything_is_served() -> None:
    operations = Path(__file__).parents[2].joinpath("docs/operations.md").read_text("utf-8")
    restore = operations.partition("## Restore")[2].partition("`restored` says")[0]

    blocks = restore.split("```sh")[1:]

    assert len(blocks) == 2
    assert all("erase --again" in block.partition("contact-bridge serve")[0] for block in blocks)

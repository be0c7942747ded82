"""``import``: what it says of a file, and that every command knows the source of its rows."""

import json
from pathlib import Path

import pytest
from cli_events import NOW, configuration, everything, interrupting_after_a_ring, opened
from cli_run import Run

from app.bridge import Bridge
from app.store import Filter

PEOPLE = "name,email\nAda,ada@example.com\nBen,ben(at)example.com\nCleo,cleo@example.com\n"


@pytest.fixture
def file(configured: Path) -> Path:
    """A file of three people, one of whom has no address that can be used; and a database."""
    with opened(configured):
        pass
    path = configured / "people.csv"
    path.write_text(PEOPLE)
    return path


def mapped(folder: Path) -> None:
    with opened(folder) as store:
        store.received.map(Bridge(configuration(folder), store, lambda: NOW).map, NOW)


def test_it_keeps_rows_and_names_the_lines_that_it_refuses(file: Path, run: Run) -> None:
    done = run("import", "people.csv")

    assert done.exit_code == 1
    assert done.stdout == (
        "2 rows kept, and delivered as any other event\n"
        "1 row refused:\n"
        "  line 3: neither e-mail nor phone: email left out: it is not a valid e-mail address "
        "(field 'email' (its label))\n"
    )
    with opened(file.parent) as store:
        assert len(store.log.events(Filter(source="import"))) == 2


def test_it_can_be_done_again(file: Path, run: Run) -> None:
    run("import", "people.csv")

    again = json.loads(run("import", "people.csv", "--json").stdout)

    assert (again["kept"], again["known"], again["refused"], again["whole"]) == (0, 2, 1, True)
    assert again["refusals"][0]["line"] == 3


def test_a_dry_run_keeps_nothing_and_shows_contacts(file: Path, run: Run) -> None:
    before = everything(file.parent)

    done = run("import", "people.csv", "--dry-run")
    told = json.loads(run("import", "people.csv", "--dry-run", "--json").stdout)

    assert everything(file.parent) == before
    assert "2 rows would be kept; nothing was" in done.stdout
    assert "Cleo" in done.stdout
    assert told["contacts"] == [
        {"name": "Ada", "email": "ada@example.com"}, {"name": "Cleo", "email": "cleo@example.com"},
    ]  # fmt: skip


def test_a_dry_run_needs_no_database(configured: Path, run: Run) -> None:
    (configured / "people.csv").write_text("email\nada@example.com\n")

    assert run("import", "people.csv", "--dry-run").exit_code == 0
    refused = run("import", "people.csv")
    assert refused.exit_code == 2
    assert "there is no database" in refused.stderr


def test_it_reads_standard_input(file: Path, run: Run) -> None:
    done = run("import", "-", stdin="E-Mail;Telefon\nada@example.com;044 668 18 00\n")

    assert done.exit_code == 0
    assert "1 row kept without a part that was no good:\n  line 2: phone left out" in done.stdout


def test_columns_and_region_can_be_said(file: Path, run: Run) -> None:
    (file.parent / "odd.csv").write_text("A;B\n044 668 18 00;Ada\n")

    told = run("import", "odd.csv", "--map", "A=phone", "--map", "B=name", "--region", "CH", "--dry-run", "--json")

    assert json.loads(told.stdout)["contacts"] == [{"name": "Ada", "phone": "+41446681800"}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.csv",), "cannot read nowhere.csv: No such file"),
        (("people.csv", "--org", "mian"), "there is no org 'mian'; did you mean main?"),
        (("people.csv", "--map", "mail=email"), "the file has no column 'mail'; did you mean email?"),
        (("people.csv", "--map", "email"), "does not say what a column holds"),
        (("people.csv", "--map", "email=email", "--map", "email=-"), "column 'email' is said to hold email and -"),
        (("people.csv", "--region", "UK"), "--region must be the two letters of a country"),
        (("bare.csv",), "line 1 names no columns"),
    ],
)
def test_wrong_usage_is_told_in_words(file: Path, run: Run, arguments: tuple[str, ...], words: str) -> None:
    (file.parent / "bare.csv").write_text("Ada,ada@example.com\n")

    refused = run("import", *arguments)

    assert refused.exit_code == 2
    assert words in refused.stderr


def test_with_several_orgs_one_has_to_be_said(file: Path, run: Run) -> None:
    toml = file.parent / "bridge.toml"
    text = toml.read_text().replace('provider = "shopify"', 'provider = "shopify"\norg = "main"')
    text = text.replace('provider = "relay"', 'provider = "relay"\norg = "main"')
    toml.write_text('[orgs.branch]\napi_key = "key-of-branch"\n' + text)

    unsaid = run("import", "people.csv")
    said = run("import", "people.csv", "--org", "branch", "--json")

    assert (unsaid.exit_code, said.exit_code) == (2, 1)
    assert "say where they go: --org, one of branch, main" in unsaid.stderr
    assert json.loads(run("events", "--source", "import.branch", "--json").stdout)[0]["source"] == "import.branch"


def test_every_command_knows_what_was_imported(file: Path, run: Run) -> None:
    assert "no events like that" in run("events", "--source", "import").stdout
    run("import", "people.csv")
    mapped(file.parent)
    found = json.loads(run("events", "--source", "import", "--json").stdout)
    (event,) = (each for each in found if each["contact"]["name"] == "Cleo")

    shown = json.loads(run("show", event["event_id"], "--json").stdout)
    assert (shown["org"], shown["contact"]["email"]) == ("main", "cleo@example.com")
    assert json.loads(shown["body"]) == {"row": {"name": "Cleo", "email": "cleo@example.com"}}
    assert run("check", "--against", "9", "--source", "import").exit_code == 0
    assert run("pause", "--source", "import").exit_code == 0
    assert "is paused" in json.loads(run("show", event["event_id"], "--json").stdout)["waits_because"]
    assert run("resume", "--source", "import").exit_code == 0
    assert "would change; nothing was sent" in run("replay", "--source", "import", "--dry-run").stdout
    assert run("replay", event["event_id"]).exit_code == 0
    assert run("ignore", event["event_id"]).exit_code == 0
    assert run("erase", "ada@example.com", "--yes").exit_code == 0
    assert [e["contact"] for e in json.loads(run("events", "--person", "ada@example.com", "--json").stdout)] == []


def test_a_source_of_the_file_cannot_have_its_name(configured: Path, run: Run) -> None:
    toml = configured / "bridge.toml"
    toml.write_text(toml.read_text().replace("[sources.shop]", "[sources.import]"))

    refused = run("check")

    assert refused.exit_code == 2
    assert "sources.import: what `contact-bridge import` keeps is called so" in refused.stderr
    toml.write_text(toml.read_text().replace("[sources.import]", '[sources."import.main"]'))
    assert "a name is made of" in run("check").stderr


def test_ctrl_c_ends_it_between_two_batches_and_it_goes_on(file: Path, run: Run) -> None:
    many = file.parent / "many.csv"
    many.write_text("email\n" + "".join(f"p{number}@example.com\n" for number in range(5_000)))
    with interrupting_after_a_ring(file.parent):
        stopped = run("import", "many.csv")

    assert stopped.exit_code == 1
    assert "to go on: the same command" in stopped.stderr
    rest = json.loads(run("import", "many.csv", "--json").stdout)
    assert rest["kept"] + rest["known"] == 5_000
    assert rest["known"] % 200 == 0


def test_what_was_kept_before_it_broke_off_is_told_and_written_down(file: Path, run: Run) -> None:
    broken = "email\n" + "".join(f"p{number}@example.com\n" for number in range(450))
    (file.parent / "broken.csv").write_bytes(broken.encode("utf-16") + b"!")

    done = run("import", "broken.csv")
    again = run("import", "broken.csv", "--json")

    assert (done.exit_code, again.exit_code) == (2, 2)
    assert done.stdout == "400 rows kept, and delivered as any other event\n"
    assert "stopped after line 401" in done.stderr
    assert "cannot be read as text from about line" in done.stderr
    assert (json.loads(again.stdout)["known"], json.loads(again.stdout)["whole"]) == (400, False)
    with opened(file.parent) as store:
        assert [action.details["kept"] for action in store.actions.newest()] == [0, 400]


def test_an_erasure_is_done_again_among_rows_that_are_not_mapped_yet(file: Path, run: Run) -> None:
    """After a restore, rows are looked through as what else is not mapped yet."""
    run("import", "people.csv")
    mapped(file.parent)
    again = file.parent / "again.csv"
    again.write_text("name,email\nAda again,ada@example.com\n")
    run("import", "again.csv")
    known = {event["event_id"] for event in json.loads(run("events", "--status", "received", "--json").stdout)}

    assert run("erase", "ada@example.com", "--org", "main", "--yes").exit_code == 0

    (event,) = (e for e in json.loads(run("events", "--json").stdout) if e["event_id"] in known)
    assert (event["status"], event["reason"]) == ("ignored", "this person was erased")

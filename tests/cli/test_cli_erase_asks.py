"""``erase``: what it says before it asks, and whom it refuses or does not know."""

from pathlib import Path

import pytest
from cli_events import NOW, arrive, change, lead, opened, settle
from cli_run import Run

from app.store import Filter

ZOE = "zoe@example.com"


@pytest.fixture
def peopled(configured: Path, database_url: str) -> Path:
    """On each database: Zoe with two events and a contact upstream, and Ben, whose one event mentions her."""
    change(configured, "[orgs.main]", f'[server]\ndatabase_url = "{database_url}"\n[orgs.main]')
    change(configured, 'email = "who.mail"', 'email = "who.mail"\nuser_id = "who.user"')
    arrive(configured, lead("e1", ZOE, user="shopify:7064055"), lead("e2", ZOE, name="Zoe"))
    settle(configured)
    arrive(configured, lead("e3", "ben@example.com", friend=ZOE), now=NOW)
    return configured


def known(folder: Path, mail: str) -> int:
    with opened(folder) as store:
        return len(store.log.events(Filter(person=mail)))


def test_it_says_what_would_go_before_it_asks(peopled: Path, run: Run) -> None:
    asked = run("erase", ZOE, stdin="n\n")

    assert asked.exit_code == 1
    for line in ("1 person, with", "2 events of theirs", "1 event of others that mentions them"):
        assert f"        {line}" in asked.stderr
    assert "Upstream stays, to be deleted by hand: c1" in asked.stderr
    assert "ben@example.com" not in asked.stderr
    assert known(peopled, ZOE) == 2
    assert run("erase", ZOE, stdin="y\n").exit_code == 0
    assert known(peopled, ZOE) == 0


def test_it_asks_nothing_where_nobody_is_known(peopled: Path, run: Run) -> None:
    asked = run("erase", "nobody@example.com")

    assert asked.exit_code == 1
    assert "so nothing was done" in asked.stderr
    assert "This cannot be undone" not in asked.stderr
    assert run("erase", "--receipts").stdout == "Nobody was erased so far\n"


def test_somebody_unknown_leaves_a_receipt_that_says_so_if_it_is_sure(peopled: Path, run: Run) -> None:
    done = run("erase", "nobody@example.com", "--yes")

    assert done.exit_code == 1
    assert "Nobody is known by that, and nothing that is kept names them. They are remembered as hashes" in done.stdout
    assert "Receipt" in done.stdout
    assert "nothing" in run("erase", "--receipts").stdout


def test_a_receipt_leaves_out_what_there_was_none_of(peopled: Path, run: Run) -> None:
    done = run("erase", ZOE, "--yes")

    assert done.exit_code == 0
    assert "payloads" in done.stdout
    assert [word for word in ("unsearched", "failed") if word in done.stdout] == []


@pytest.mark.parametrize("sure", [(), ("--yes",)])
@pytest.mark.parametrize("person", ["zoe adler", "0446681800", "044 668 18 00", "12345"])
def test_it_refuses_what_nobody_can_go_by(peopled: Path, run: Run, person: str, sure: tuple[str, ...]) -> None:
    refused = run("erase", person, *sure)

    assert refused.exit_code == 2
    assert f"{person!r} is no e-mail address, no phone number with its country code" in refused.stderr
    assert "did you mean" not in refused.stderr
    assert run("erase", "--receipts").stdout == "Nobody was erased so far\n"


def test_it_names_the_known_user_id_that_may_be_meant(peopled: Path, run: Run) -> None:
    refused = run("erase", "7064055", "--yes")

    assert refused.exit_code == 2
    assert refused.stderr.endswith("; did you mean shopify:7064055?\n")
    assert ZOE not in refused.stderr
    assert run("erase", "shopify:7064055", "--yes").exit_code == 0
    assert known(peopled, ZOE) == 0

"""``erase``: it asks, forgets, shows a receipt, and lists the receipts."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_run import Run

from app.bridge import Bridge
from app.config import load
from app.desk.steering import when_quiet
from app.desk.whom import whom_to_erase
from app.errors import PersonBusyError, UsageError
from app.store import Filter, Receipt, Store
from app.webhook import Webhook

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MAIL = "zoe.adler@example.com"


@pytest.fixture
def store(configured: Path):
    """The store of the configured bridge, with one person in it."""
    config = load(configured / "bridge.toml", {})
    opened = Store(config.server.database_url)
    opened.migrate()
    bridge = Bridge(config, opened, lambda: NOW)
    body = json.dumps({"id": "e1", "who": {"mail": MAIL, "name": "Zoe Adler", "phone": "+41446681800"}}).encode()
    headers = {"content-type": "application/json", "authorization": "Bearer token-of-tests"}
    bridge.receive("landing", Webhook(body, headers))
    opened.received.map(bridge.map, NOW)
    yield opened
    opened.close()


WRITTEN = {
    "as it is": MAIL,
    "in capitals": "Zoe.Adler@Example.com",
    "spaces": " +41446681800 ",
    "+": "+41 44 668 18 00",
}


@pytest.mark.parametrize("person", WRITTEN.values(), ids=WRITTEN)
def test_it_erases_a_person(store: Store, run: Run, person: str) -> None:
    result = run("erase", person, "--yes")

    assert result.exit_code == 0
    assert "Receipt" in result.output
    assert not [trace for trace in (MAIL, "Zoe", "44668") if trace in result.output]
    (row,) = store.log.events(Filter())
    assert (row["status"], row["contact"]) == ("ignored", None)


def test_it_prints_the_receipt_as_json_and_lists_it(store: Store, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "grace")
    receipt = json.loads(run("erase", MAIL, "--yes", "--json").output)

    assert (receipt["persons"], receipt["identities"], receipt["payloads"]) == (1, 2, 1)
    assert receipt["orgs"] == ["main"]
    assert json.loads(run("erase", "--receipts", "--json").output) == [receipt]
    assert receipt["asked_by"] == "an operator (grace)"
    assert "(grace)" in run("erase", "--receipts").output


def test_it_asks_first(store: Store, run: Run) -> None:
    refused = run("erase", MAIL, stdin="n\n")

    assert refused.exit_code == 1
    assert store.log.event("landing", "e1").body
    assert run("erase", MAIL, stdin="y\n").exit_code == 0
    assert not store.log.event("landing", "e1").body


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "say whom to erase"),
        ((" ",), "say whom to erase"),
        ((MAIL, "--receipts"), "say whom to erase"),
        ((MAIL, "--org", "mian", "--yes"), "did you mean main?"),
    ],
)
def test_it_says_what_is_wrong(configured: Path, run: Run, arguments: tuple[str, ...], says: str) -> None:
    result = run("erase", *arguments)

    assert result.exit_code == 2
    assert says in result.output


def test_show_says_that_the_payload_is_gone(store: Store, run: Run) -> None:
    run("erase", MAIL, "--yes")

    assert "The payload is gone" in run("show", "e1").output


def test_it_reads_whatever_a_person_is_called_by(configured: Path) -> None:
    config = load(configured / "bridge.toml", {})

    assert whom_to_erase(config, "A@Example.com", None).identities == {
        ("user_id", "A@Example.com"),
        ("email", "a@example.com"),
    }
    assert ("phone", "+41446681800") in whom_to_erase(config, "+41 44 668 18 00", "main").identities
    assert whom_to_erase(config, "shopify:7", "main").identities == {("user_id", "shopify:7")}
    assert whom_to_erase(config, "x", None).sources is None
    assert set(whom_to_erase(config, "x", "main").sources or ()) == {"shop", "landing"}
    with pytest.raises(UsageError):
        whom_to_erase(config, "x", "other")


def test_it_waits_a_little_for_a_delivery_and_then_says_so() -> None:
    slept: list[float] = []

    def busy() -> Receipt:
        raise PersonBusyError("try again")

    with pytest.raises(PersonBusyError):
        when_quiet(busy, slept.append)

    assert 5 <= sum(slept) <= 60


def test_it_goes_on_when_the_delivery_is_done() -> None:
    answers = iter([PersonBusyError("x"), None])

    def once() -> Receipt | None:
        if error := next(answers):
            raise error
        return None

    assert when_quiet(once, lambda _: None) is None  # type: ignore[arg-type]

"""``check --against``: what stored payloads would become under the configuration that is checked."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_events import arrive, change, everything, lead, opened, settle
from cli_run import Run

from app.webhook import EventStatus


def against(run: Run, *arguments: str) -> tuple[int, Any]:
    done = run("check", "--against", "500", "--json", *arguments)
    return done.exit_code, json.loads(done.stdout)


def test_nothing_differs_under_the_same_configuration(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1", name="Ada"), lead("e2", phone="+14155550100"), {"id": "e3", "type": "lead"})
    settle(configured)

    code, shown = against(run)

    assert code == 0
    assert shown["events"] == []
    assert shown["summary"]["landing"]["same"] == 3


def test_a_field_that_would_come_out_differently_is_shown(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1", name="Ada", nick="Countess"), lead("e2", name="Bo", nick="Bo"))
    settle(configured)
    change(configured, 'name = "who.name"', 'name = "who.nick"')

    done = run("check", "--against", "500")

    assert done.exit_code == 1
    assert "landing e1: changed\n    name  Ada -> Countess\n" in done.stdout
    assert "e2" not in done.stdout
    assert "bridge.toml is fine" in done.stdout


def test_segments_are_fields_too(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    change(configured, 'event_type = "type"', 'event_type = "type"\nsegment_ids = ["seg_new"]')

    code, shown = against(run)

    assert code == 1
    assert shown["events"][0]["differences"] == [{"field": "segment_ids", "before": None, "after": ["seg_new"]}]


@pytest.mark.parametrize("refused", [True, False])
def test_what_would_be_ignored_says_why_whatever_the_upstream_made_of_it(
    configured: Path,
    run: Run,
    refused: bool,  # noqa: FBT001 -- a parameter
) -> None:
    arrive(configured, lead("e1"))
    settle(configured, EventStatus.FAILED if refused else EventStatus.DELIVERED)
    change(configured, 'event_type = "type"', 'event_type = "type"\nconsent = "require"')

    code, shown = against(run)

    (event,) = shown["events"]
    assert (code, event["outcome"], event["before"]["status"]) == (1, "now ignored", "pending")
    assert "no consent" in event["after"]["reason"]
    assert shown["summary"]["landing"]["now_ignored"] == 1


def test_what_would_fail_or_be_a_contact_after_all_is_told_apart(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"), {"id": "e2", "type": "lead", "who": {"post": "ada@example.com"}})
    change(configured, 'email = "who.mail"', 'email = "who.post"')

    done = run("check", "--against", "500")
    _, shown = against(run)

    assert {event["event_id"]: event["outcome"] for event in shown["events"]} == {
        "e1": "now failed", "e2": "now a contact",
    }  # fmt: skip
    assert "was a contact\n    would be failed: neither e-mail nor phone" in done.stdout
    assert "would be a contact\n" in done.stdout
    assert "email    (none) -> ada@example.com" in done.stdout


def test_a_source_that_goes_away_fails_its_events(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    change(configured, "[sources.landing", "[sources.other")

    code, shown = against(run)

    assert code == 1
    assert "not configured any more" in shown["events"][0]["after"]["reason"]


def test_only_the_newest_are_looked_at_and_empty_ones_are_counted(configured: Path, run: Run) -> None:
    arrive(configured, *(lead(f"e{number}") for number in range(5)))
    with opened(configured) as store, store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET body = NULL WHERE event_id IN ('e0', 'e3')")

    done = run("check", "--against", "2", "--json")
    shown = json.loads(done.stdout)

    assert shown["summary"]["landing"]["same"] == 2
    assert shown["without_payload"] == 1
    assert "1 skipped: the payload is gone" in run("check", "--against", "2").stdout


def test_what_is_not_mapped_yet_is_no_difference(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    run("replay", "e1")

    code, shown = against(run)

    assert code == 0
    assert shown["summary"]["landing"]["not_mapped_yet"] == 1


def test_a_source_narrows_it(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    change(configured, 'email = "who.mail"', 'email = "who.post"')

    assert against(run, "--source", "landing")[0] == 1
    nothing = dict.fromkeys(("without_payload", "marked_as_done", "unreadable"), 0)
    assert against(run, "--source", "shop") == (0, {"events": [], "summary": {}, **nothing, "missing_keys": []})
    assert "no stored payloads" in run("check", "--against", "5", "--source", "shop").stdout


def test_it_writes_nothing(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    change(configured, 'email = "who.mail"', 'email = "who.post"')
    before = everything(configured)

    against(run)

    assert everything(configured) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--against", "5"), "contact-bridge serve"),
        (("--against", "0"), "Invalid value"),
        (("--json",), "--against"),
        (("--source", "landing"), "--against"),
    ],
)
def test_wrong_usage_is_told_in_words(configured: Path, run: Run, arguments: tuple[str, ...], words: str) -> None:
    refused = run("check", *arguments)

    assert refused.exit_code == 2
    assert words in refused.stderr
    assert not (configured / "var").exists()


def test_a_wrong_configuration_is_told_as_ever(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"))
    change(configured, 'provider = "relay"', 'provider = "rely"')

    assert run("check", "--against", "5").exit_code == 2

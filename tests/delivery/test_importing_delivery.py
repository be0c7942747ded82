"""What is imported is kept once, and then mapped and delivered as webhooks are."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from delivery_kit import Rig

from app.import_report import Report
from app.importing import Import
from app.store import Filter, PauseKind, Whom
from app.stranded import stranded
from app.tabular import Table

PEOPLE = "name,email\nAda,ada@example.com\nBen,ben@example.com\nAda,ada@example.com\nnobody,\n"
ADA = Whom(frozenset({("email", "ada@example.com")}), ("main", "other"))


def bring(rig: Rig, text: str = PEOPLE, org: str = "main", holds: Mapping[str, str] | None = None) -> Report:
    """Keep the rows of a file; nothing is delivered yet."""
    source = rig.bridge.config.import_source(org)
    return list(Import(source, Table(io.BytesIO(text.encode())), rig.clock(), holds).keep(rig.store))[-1]


def names(rig: Rig, org: str = "org_main") -> list[str]:
    return sorted(contact["name"] for contact in rig.contacts(org))


def counts(report: Report) -> tuple[int, int, int]:
    return report.kept, report.known, report.refused


def test_it_delivers_rows_like_webhooks(every_rig: Rig) -> None:
    report = bring(every_rig)
    every_rig.work()

    assert counts(report) == (2, 1, 1)
    assert names(every_rig) == ["Ada", "Ben"]
    assert {event["source"] for event in every_rig.store.log.events(Filter())} == {"import.main"}
    assert set(every_rig.statuses().values()) == {"delivered"}


def test_the_same_file_again_adds_nothing(every_rig: Rig) -> None:
    bring(every_rig)
    every_rig.work()
    every_rig.clock.advance(hours=1)

    assert counts(bring(every_rig)) == (0, 3, 1)
    every_rig.work()
    assert len(every_rig.contacts()) == 2


def test_an_import_that_was_stopped_goes_on(rig: Rig) -> None:
    text = "email\n" + "".join(f"p{number}@example.com\n" for number in range(450))
    steps = Import(rig.bridge.config.import_source("main"), Table(io.BytesIO(text.encode())), rig.clock()).keep(
        rig.store
    )

    assert counts(next(steps)) == (200, 0, 0)
    steps.close()

    assert counts(bring(rig, text)) == (250, 200, 0)


def test_who_is_known_from_a_webhook_stays_one_contact(every_rig: Rig) -> None:
    every_rig.deliver(email="ada@example.com", name="Ada L")
    every_rig.clock.advance(hours=1)

    bring(every_rig)
    every_rig.work()

    assert names(every_rig) == ["Ada", "Ben"]


def test_of_two_rows_about_one_person_the_lower_one_counts(every_rig: Rig) -> None:
    for name in ("Bo", "Cy", "Di", "Eve"):
        bring(every_rig, f"name,email\nAda,{name}@example.com\n{name},{name}@example.com\n")
    every_rig.work()

    assert names(every_rig) == ["Bo", "Cy", "Di", "Eve"]


def test_each_org_has_its_own(every_rig: Rig) -> None:
    bring(every_rig)
    bring(every_rig, org="other")
    every_rig.work()

    assert names(every_rig) == names(every_rig, "org_other") == ["Ada", "Ben"]
    assert {event["source"] for event in every_rig.store.log.events(Filter())} == {"import.main", "import.other"}


def test_an_undated_yes_subscribes_nobody_again(every_rig: Rig) -> None:
    every_rig.deliver(email="ada@example.com", consent="no")
    every_rig.clock.advance(hours=1)

    bring(every_rig, "email,newsletter\nada@example.com,yes\n")
    every_rig.work()
    (contact,) = every_rig.contacts()
    assert contact["unsubscribed"] is True

    every_rig.clock.advance(hours=1)
    said = f"email,newsletter,signed up at\nada@example.com,yes,{every_rig.clock().isoformat()}\n"
    bring(every_rig, said)
    every_rig.work()
    (contact,) = every_rig.contacts()
    assert contact["unsubscribed"] is False


def test_a_no_unsubscribes(every_rig: Rig) -> None:
    bring(every_rig, "email,newsletter\nada@example.com,no\n")
    every_rig.work()

    assert [contact["unsubscribed"] for contact in every_rig.contacts()] == [True]


@pytest.mark.parametrize(
    ("text", "back"),
    [
        (PEOPLE, False),  # the very rows that were there before
        ("email,signed up at\nada@example.com,2026-01-01\n", False),  # what happened before
        ("email\nada@example.com\n", True),  # who imports now says so now
        ("email,signed up at\nada@example.com,2026-03-01T13:00\n", True),
    ],
)
def test_only_what_is_newer_brings_back_who_was_erased(every_rig: Rig, text: str, *, back: bool) -> None:
    bring(every_rig)
    every_rig.work()
    every_rig.clock.advance(minutes=30)
    every_rig.store.erasure.erase(ADA, every_rig.clock())
    every_rig.clock.advance(hours=1)

    bring(every_rig, text)
    every_rig.work()

    known = every_rig.store.log.events(Filter(person="ada@example.com"))
    assert bool(known) is back


def test_rows_that_are_not_mapped_yet_are_erased_too(every_rig: Rig) -> None:
    bring(every_rig)
    every_rig.clock.advance(minutes=1)
    orgs_sources = tuple(s.name for s in every_rig.bridge.config.every_source() if s.org == "main")

    every_rig.store.erasure.erase(Whom(ADA.identities, ("main",), orgs_sources), every_rig.clock())
    every_rig.work()

    assert names(every_rig) == ["Ben"]


def test_a_webhook_that_asks_for_an_erasure_finds_rows_that_are_not_mapped_yet(every_rig: Rig) -> None:
    every_rig.deliver(email="ada@example.com")
    every_rig.clock.advance(minutes=1)
    event_id = every_rig.add(email="ada@example.com", type="erase")
    every_rig.store.received.map(every_rig.bridge.map, every_rig.clock())
    bring(every_rig, "email\nada@example.com\n")
    with every_rig.store.database.writing() as connection:  # it came before, and was not mapped meanwhile
        connection.exec_driver_sql("UPDATE events SET received_at = received_at - 5000000 WHERE source = 'import.main'")
        connection.exec_driver_sql("UPDATE events SET occurred_at = occurred_at - 5000000 WHERE source = 'import.main'")
    claims = every_rig.store.claims.claim(every_rig.clock(), 9, ["main"])
    for claim in claims:
        every_rig.delivery.worker.deliver(claim, set())

    assert every_rig.event(event_id)["status"] in ("delivered", "failed")
    (row,) = every_rig.store.log.events(Filter(source="import.main"))
    assert (row["status"], row["reason"]) == ("ignored", "this person was erased")


def test_rows_do_not_wait_for_what_is_not_configured(every_rig: Rig) -> None:
    bring(every_rig)

    assert stranded(every_rig.bridge.config, every_rig.store.log) == {}


def test_a_pause_of_the_source_holds_what_is_imported(every_rig: Rig) -> None:
    every_rig.store.pauses.pause(PauseKind.SOURCE, "import.main", every_rig.clock())
    bring(every_rig)
    every_rig.work()
    assert set(every_rig.statuses().values()) == {"pending"}

    every_rig.store.pauses.resume(PauseKind.SOURCE, "import.main")
    every_rig.later(seconds=1)
    assert set(every_rig.statuses().values()) == {"delivered"}


def test_a_replay_maps_rows_by_what_was_said_of_them(every_rig: Rig) -> None:
    bring(every_rig, "who,also\nada@example.com,ben@example.com\n", holds={"also": "email"})
    every_rig.work()

    every_rig.replay(source="import.main")

    assert [event["contact"] for event in every_rig.store.log.events(Filter())] == [{"email": "ben@example.com"}]
    assert len(every_rig.contacts()) == 1


def test_with_one_org_the_source_is_called_import(every_rig: Rig) -> None:
    config: Any = every_rig.bridge.config
    alone = replace(config, orgs={"main": config.orgs["main"]})

    assert alone.import_source("main").name == "import"
    assert alone.source("import").org == "main"
    assert alone.source("import.main") is None
    assert config.source("import") is None
    assert config.source("import.other").org == "other"
    assert "import" not in alone.sources

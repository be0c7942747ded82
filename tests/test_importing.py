"""Rows of a file become events: by which columns, when they happened, and which are refused."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import Source, loads
from app.contact import Consent, ConsentState, Contact
from app.errors import UsageError
from app.import_report import Report
from app.imported import time_in
from app.importing import Import, holds_of
from app.mapping import map_event
from app.tabular import Table

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SOURCE: Source = loads('[orgs.main]\napi_key = "k"\n', {}, Path()).import_source("main")


def importing(text: str, **options: Any) -> Import:
    holds = holds_of(options.pop("holds", ()))
    return Import(SOURCE, Table(io.BytesIO(text.encode())), NOW, holds, **options)


def report(text: str, **options: Any) -> Report:
    return list(importing(text, **options).rehearse())[-1]


def contact(text: str, **options: Any) -> Contact:
    found = report(text, **options)
    assert found.refused == 0, found.refusals
    return found.contacts[0]


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("Name,E-Mail,Phone", "Ada Lovelace,ada@example.com,+41446681800"),
        ("Vorname;Nachname;E-Mail-Adresse;Telefon", "Ada;Lovelace;ada@example.com;+41446681800"),
        ("Prénom,Nom,Courriel,Téléphone", "Ada,Lovelace,ada@example.com,+41446681800"),
        ("Nombre;Apellidos;Correo electrónico;Móvil", "Ada;Lovelace;ada@example.com;+41446681800"),
        ("姓名,邮箱,手机", "Ada Lovelace,ada@example.com,+41446681800"),
    ],
)
def test_it_knows_columns_by_their_names_in_many_languages(heading: str, row: str) -> None:
    found = contact(f"{heading}\n{row}\n")

    assert found == Contact(name="Ada Lovelace", email="ada@example.com", phone="+41446681800")


def test_what_is_said_of_a_column_wins_over_its_name() -> None:
    text = "Email,Kontakt,Nr,Given,Sur\nold@example.com,ada@example.com,shop:7,Ada,Lovelace\n"
    holds = ["Kontakt=email", "Nr=user_id", "Given=first_name", "Sur=last_name"]

    found = contact(text, holds=holds)

    assert found == Contact(user_id="shop:7", name="Ada Lovelace", email="ada@example.com")


def test_nothing_else_is_guessed_where_the_cell_that_was_named_is_empty() -> None:
    found = report("Email,Kontakt\nold@example.com,\n", holds=["Kontakt=email"])

    assert [remark.words for remark in found.refusals] == ["neither e-mail nor phone: tried 1 column"]


def test_a_column_can_be_left_out() -> None:
    text = "Email,Partner\n,ben@example.com\n"

    assert report(text).kept == 1
    assert report(text, holds=["Partner=-"]).refused == 1


@pytest.mark.parametrize("text", ["email,phone\nada@example.com,044 668 18 00\n"])
def test_a_phone_number_without_a_country_code_is_read_by_the_region(text: str) -> None:
    assert contact(text, region="CH").phone == "+41446681800"
    assert contact(text).phone is None


def test_a_column_of_countries_wins_over_the_region() -> None:
    found = contact("email,phone,country\nada@example.com,044 668 18 00,ch\n", region="US")

    assert found.phone == "+41446681800"


@pytest.mark.parametrize(
    ("said", "state"), [("ja", ConsentState.GRANTED), ("yes", ConsentState.GRANTED), ("nein", ConsentState.REFUSED)]
)
def test_it_honours_a_column_of_consent_as_forms_do(said: str, state: ConsentState) -> None:
    found = contact(f"email,Newsletter\nada@example.com,{said}\n")

    assert found.consent == Consent(state, None)


def test_a_yes_counts_from_when_the_row_says_it_was_said() -> None:
    dated = contact("email,newsletter,signed up at\nada@example.com,yes,2024-05-01\n")
    told = contact("email,ok,when\nada@example.com,yes,01.06.2024 10:30\n", holds=["ok=consent", "when=consent_at"])

    assert dated.consent == Consent(ConsentState.GRANTED, datetime(2024, 5, 1, tzinfo=UTC))
    assert told.consent == Consent(ConsentState.GRANTED, datetime(2024, 6, 1, 10, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01", (2024, 5, 1)),
        ("2024-05-01 10:30", (2024, 5, 1, 10, 30)),
        ("2024-05-01T10:30:00+02:00", (2024, 5, 1, 8, 30)),
        ("2024-05-01 10:30:00 UTC", (2024, 5, 1, 10, 30)),
        ("1.5.2024", (2024, 5, 1)),
        ("01.05.2024, 10:30", (2024, 5, 1, 10, 30)),
        ("2024/5/1", (2024, 5, 1)),
        ("2024/5/1 10:30", (2024, 5, 1, 10, 30)),
        ("1714559400", (2024, 5, 1, 10, 30)),
        ("3/4/2024", None),
        ("31.02.2024", None),
        ("soon", None),
        ("", None),
    ],
)
def test_it_reads_times_that_are_clear(text: str, expected: tuple[int, int, int] | None) -> None:
    assert time_in(text) == (datetime(*expected, tzinfo=UTC) if expected else None)


def events(text: str, **options: Any) -> list[Any]:
    work = importing(text, **options)
    return [event for event, _ in work._judged(work._table, Report())]


def test_a_row_happened_when_it_says_else_when_the_import_began() -> None:
    dated, undated = events("email,created at\nada@example.com,2024-05-01\nben@example.com,\n")

    assert (dated.event_type, dated.occurred_at) == ("dated row", datetime(2024, 5, 1, tzinfo=UTC))
    assert (undated.event_type, undated.occurred_at - NOW) == ("row", timedelta(microseconds=3))


def test_a_time_that_is_not_clear_is_refused_with_its_column() -> None:
    found = report("email,created at\nada@example.com,3/4/2024\nben@example.com,2024-04-03\n")

    assert (found.kept, found.refused) == (1, 1)
    assert found.refusals[0].line == 2
    assert "'created at': is no time" in found.refusals[0].words


def test_a_row_is_kept_as_it_was_with_what_was_said_of_it() -> None:
    (event,) = events("Mail,Nr,x\nada@example.com,7,\n", holds=["Nr=user_id"], region="ch")

    assert json.loads(event.body) == {
        "row": {"Mail": "ada@example.com", "Nr": "7"}, "holds": {"Nr": "user_id"}, "region": "CH",
    }  # fmt: skip
    assert event.payload == json.loads(event.body)
    assert event.source == "import"


def test_the_same_row_is_the_same_event_in_whatever_order_its_columns_are() -> None:
    ids = {
        events(text)[0].event_id for text in ("name,email\nAda,a@example.com\n", "email,name,x\na@example.com,Ada,\n")
    }
    other = {
        events("name,email\nAda B,a@example.com\n")[0].event_id,
        events("name,email\nAda,a@example.com\n", holds=["name=-"])[0].event_id,
        events("name,email\nAda,a@example.com\n", region="CH")[0].event_id,
    }

    assert len(ids) == 1
    assert len(ids | other) == 4


def test_what_is_refused_is_told_by_line_and_reason_and_quotes_nobody() -> None:
    text = "name,email,phone\nAda,ada(at)example.com,\nBen,,12\nCleo,,\nDora,dora@example.com,+1 12345\n"

    found = report(text)

    assert [remark.line for remark in found.refusals] == [2, 3, 4]
    assert found.refusals[0].words == (
        "neither e-mail nor phone: email left out: it is not a valid e-mail address (field 'email' (its label))"
    )
    assert found.refusals[2].words == "neither e-mail nor phone: tried 1 column"
    assert (found.kept, found.refused, found.left_out) == (1, 3, 1)
    assert [(note.line, note.words.partition(":")[0]) for note in found.notes] == [(5, "phone left out")]
    assert not [one for one in found.refusals + found.notes if "example.com" in one.words or "Ada" in one.words]


def test_a_row_is_no_larger_than_a_webhook() -> None:
    columns = [f"c{number}" for number in range(20)]
    found = report(f"email,{','.join(columns)}\na@example.com,{','.join(['x' * 100_000] * 20)}\nb@example.com\n")

    assert (found.kept, [remark.words.partition(";")[0] for remark in found.refusals]) == (1, ["is larger than 1 MiB"])


def test_a_report_names_a_thousand_lines_and_counts_the_others() -> None:
    found = report("email\n" + "nobody\n" * 1_500)

    assert (found.refused, len(found.refusals)) == (1_500, 1_000)


def test_a_rehearsal_shows_the_first_five_contacts() -> None:
    found = report("email\n" + "".join(f"p{number}@example.com\n" for number in range(1_000)))

    assert [one.email for one in found.contacts] == [f"p{number}@example.com" for number in range(5)]
    assert (found.kept, found.line) == (1_000, 1_001)


@pytest.mark.parametrize(
    ("holds", "words"),
    [
        (["Mial=email"], "the file has no column 'Mial'; did you mean Mail?"),
        (["Mail=e-mail"], "a column cannot hold 'e-mail'; did you mean email?"),
        (["Mail"], "'Mail' does not say what a column holds"),
        (["=email"], "'=email' does not say"),
    ],
)
def test_what_cannot_be_said_of_a_column_is_told(holds: list[str], words: str) -> None:
    with pytest.raises(UsageError) as refused:
        importing("Mail\na@example.com\n", holds=holds)

    assert words in str(refused.value)


def test_nothing_in_a_row_makes_mapping_raise() -> None:
    payloads: list[Any] = [{}, {"row": 7}, {"row": {"a": []}, "holds": 3}, {"row": {}, "holds": {"a": ["b"]}}, [], 3]
    for payload in payloads:
        (event,) = events("email\na@example.com\n")
        other = replace(event, body=json.dumps(payload).encode())

        assert map_event(SOURCE, other).status == "failed"

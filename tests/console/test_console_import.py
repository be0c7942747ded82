"""Importing people by the console: tried first, then kept, with a report."""

import io

import pytest
from console_client import Console, words_of
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.store import Filter

PEOPLE = "name,email,phone\nAda Example,ada@example.com,+41446681800\nBen,ben@example.com,12\nNobody,,\n"


def _upload(console: Console, text: str = PEOPLE, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
    """Send the form. Its body is made here: the test client leaves the file open in which it makes a large one."""
    file = FileStorage(io.BytesIO(text.encode()), "people.csv")
    values = {"csrf": console.csrf, "org": "main", "how": "import", **fields, "file": file}
    boundary, body = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    return console.client.post("/console/import", data=body, content_type=kind, headers=headers, buffered=False)


def _import(console: Console, text: str = PEOPLE, **fields: str) -> str:
    answer = _upload(console, text, **fields)
    assert answer.status_code == 200, words_of(answer)
    return words_of(answer)


def _kept(console: Console) -> int:
    return len(console.bridge.store.log.events(Filter(source="import")))


def test_it_keeps_each_row_as_an_event(console: Console) -> None:
    page = _import(console)

    assert "Done: 2 rows kept, 0 there already, 1 refused" in page
    assert "line 4: neither e-mail nor phone" in page
    assert _kept(console) == 2
    assert "Ada (console) import org main; kept 2; known 0; refused 1" in console.text("/log")


def test_it_adds_nothing_the_second_time(console: Console) -> None:
    _import(console)

    assert "0 rows kept, 2 there already" in _import(console)
    assert _kept(console) == 2


def test_it_keeps_nothing_while_one_tries(console: Console) -> None:
    page = _import(console, how="try")

    assert "2 rows would be kept" in page
    assert "Ada Example, ada@example.com, +41446681800" in page
    assert _kept(console) == 0
    assert "import" not in console.text("/log").partition("Details")[2]


def test_it_takes_columns_of_any_name(console: Console) -> None:
    page = _import(console, "Who,Reach me at\nAda,ada@example.com\n", columns="Who = name\n\nReach me at = email\n")

    assert "1 row kept" in page


def test_it_reads_numbers_as_of_a_country(console: Console) -> None:
    assert "+12025550143" in _import(console, "name,phone\nAda,(202) 555-0143\n", region="us", how="try")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"org": "moon"}, "Choose an organization"),
        ({"columns": "no equals sign"}, "does not say what a column holds"),
        ({"columns": "Nobody = email"}, "the file has no column"),
        ({"columns": "name = soul"}, "cannot hold 'soul'"),
        ({"region": "Atlantis"}, "country"),
    ],
)
def test_it_says_what_is_wrong_before_it_begins(console: Console, fields: dict[str, str], words: str) -> None:
    answer = _upload(console, **fields)

    assert answer.status_code in (400, 409)
    assert words in words_of(answer)
    assert _kept(console) == 0


@pytest.mark.parametrize("text", ["", "\x00\x01\x02", "PK\x03\x04", "<script>alert(1)</script>\n<b>x</b>\n", '"open\n'])
def test_it_takes_any_file(console: Console, text: str) -> None:
    answer = _upload(console, text)

    assert answer.status_code in (200, 409)
    assert "<script>alert" not in answer.text
    assert _kept(console) == 0


def test_it_wants_a_file(console: Console) -> None:
    assert "Choose a file" in words_of(console.post("/import", org="main", how="import"))


def test_it_takes_a_file_that_is_larger_than_a_webhook_may_be(console: Console) -> None:
    rows = "".join(f"Somebody {'x' * 200},lead{number}@example.com\n" for number in range(6_000))

    assert "6,000 rows would be kept" in _import(console, f"name,email\n{rows}", how="try")


def test_it_shows_how_far_it_got(console: Console) -> None:
    rows = "".join(f"lead{number}@example.com\n" for number in range(4_000))

    answer = _upload(console, f"email\n{rows}", {"HX-Request": "true"})

    pieces = answer.text.split("<!--piece-->")[1:]
    assert len(pieces) > 1
    assert "<html" not in answer.text
    assert '<progress aria-label="Importing" max="4' in pieces[0]
    assert "Done:" in pieces[-1]


def test_it_stops_when_nobody_listens_any_more(console: Console) -> None:
    rows = "".join(f"lead{number}@example.com\n" for number in range(20_000))
    answer = _upload(console, f"email\n{rows}")
    heard = iter(answer.response)
    while "piece--" not in str(next(heard)):
        pass
    answer.close()

    assert 0 < len(console.bridge.store.log.events(Filter(source="import"), 30_000)) < 20_000
    assert "Ada (console) import org main; kept" in console.text("/log")

"""Tables as spreadsheets write them: encodings, separators, headings, and rows that cannot be read."""

import io
import re

import pytest

from app.errors import UsageError
from app.tabular import Row, Table

PEOPLE = "Name,E-Mail\nZoë Müller,zoe@example.com\n"


def rows(text: str | bytes) -> list[Row]:
    return list(Table(io.BytesIO(text.encode() if isinstance(text, str) else text)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_it_recognises_the_encoding(encoding: str) -> None:
    (row,) = rows(PEOPLE.encode(encoding))

    assert row == Row(2, {"Name": "Zoë Müller", "E-Mail": "zoe@example.com"})


def test_a_letter_far_down_is_read_in_the_same_encoding() -> None:
    text = "email\n" + "ada@example.com\n" * 100_000 + "zoë@example.com\n"

    table = Table(io.BytesIO(text.encode("cp1252")))

    assert [row.cells["email"] for row in table][-1] == "zoë@example.com"
    assert table.lines == 100_002


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_it_recognises_the_separator(separator: str) -> None:
    (row,) = rows(f"Name{separator}E-Mail\nAda{separator}ada@example.com\n")

    assert row.cells == {"Name": "Ada", "E-Mail": "ada@example.com"}


def test_it_heeds_the_line_with_which_excel_says_the_separator() -> None:
    (row,) = rows("sep=;\nName, first;E-Mail\nAda;ada@example.com\n")

    assert row == Row(3, {"Name, first": "Ada", "E-Mail": "ada@example.com"})


def test_a_column_alone_needs_no_separator() -> None:
    assert [row.cells for row in rows("email\nada@example.com\n")] == [{"email": "ada@example.com"}]


def test_quotes_hold_separators_and_line_breaks_and_rows_keep_their_lines() -> None:
    found = rows('name,email\n"Ada\n(the ""first"")",ada@example.com\n\n  ,\nBen,ben@example.com\n')

    assert found[0] == Row(2, {"name": 'Ada\n(the "first")', "email": "ada@example.com"})
    assert found[1] == Row(6, {"name": "Ben", "email": "ben@example.com"})
    assert len(found) == 2


def test_cells_that_are_missing_are_empty_and_one_too_many_is_told() -> None:
    short, even, long = rows("name,email,phone\nAda\nBen,ben@example.com,,\nLovelace, Ada,ada@example.com,1\n")

    assert short.cells == {"name": "Ada"}
    assert even.cells == {"name": "Ben", "email": "ben@example.com"}
    assert long == Row(4, problem="has 4 values, and there are 3 columns; is a quote missing?")


def test_a_broken_quote_spoils_its_own_row_only() -> None:
    broken, fine = rows('name,email\n"Ada" Byron,ada@example.com\nBen,ben@example.com\n')

    assert broken == Row(2, problem="a quote stands where none can: inside a value, quotes are doubled")
    assert fine.cells["name"] == "Ben"


def test_a_quote_that_is_never_closed_is_told_where_it_stands() -> None:
    (open_,) = rows('name,email\n"Ada,ada@example.com\nBen,ben@example.com\n')

    assert open_.line == 2
    assert "never closed" in (open_.problem or "")


def test_a_value_beyond_all_measure_is_told() -> None:
    (long,) = rows('name,email\n"' + "a" * 200_000 + '",ada@example.com\n')

    assert "longer than 131,072" in (long.problem or "")


def test_columns_without_a_name_or_with_the_same_get_one_of_their_own() -> None:
    (row,) = rows("email,,email,\na@example.com,x,b@example.com,\n")

    assert row.cells == {"email": "a@example.com", "column 2": "x", "email (2)": "b@example.com"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n , \n", "is empty"),
        (b"PK\x03\x04rest", "is a spreadsheet"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x1f\x8b\x08", "is compressed"),
        (b'[{"email": "ada@example.com"}]', "is JSON"),
        (b"Ada,ada@example.com\nBen,ben@example.com\n", "line 1 names no columns"),
        (b"Ada,+31 6 12345678\n", "line 1 names no columns"),
        (b'"name,email\nAda,ada@example.com\n', "heading (line 1) cannot be read"),
        (",".join(f"c{number}" for number in range(501)).encode(), "has 501 columns"),
        (b"name\x81\x8d\n", "is no text"),
        (b"a" * 131_073 + b",email\nAda,ada@example.com\n", "heading cannot be read: a value is longer"),
    ],
)
def test_what_is_no_table_is_told_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)) as refused:
        Table(io.BytesIO(content))

    assert "ada@" not in str(refused.value)


def test_what_cannot_be_decoded_further_down_is_told_with_its_line() -> None:
    table = Table(io.BytesIO(b"email\n" + b"ada@example.com\n" * 2_000 + b"\x81\n"))

    with pytest.raises(UsageError, match="from about line"):
        list(table)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_one_broken_byte_costs_its_row_and_not_every_letter_of_the_file(mark: bytes) -> None:
    broken = PEOPLE.encode() + b"Jos\xe9,jose@example.com\n" + "Änne,anne@example.com\n".encode()

    zoe, jose, anne = rows(mark + broken)

    assert (zoe.cells["Name"], anne.cells["Name"]) == ("Zoë Müller", "Änne")
    assert (jose.line, jose.cells) == (3, {})
    assert "broken" in str(jose.problem)


def test_a_heading_that_is_broken_is_no_text() -> None:
    with pytest.raises(UsageError, match="is no text"):
        rows("Zoë,".encode() + b"E-Mail \xff\nada@example.com\n")

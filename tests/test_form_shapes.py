"""The shapes in which form builders write the same answers."""

import pytest

from app.form_shapes import answered, labelled, part_of_name, rows, table, texts, unpacked
from app.forms import find_person


def found(key: str, value: object, label: str = "") -> dict[str, object]:
    return {name: finding.value for name, finding in find_person(answered(key, value, label)).items()}


@pytest.mark.parametrize(
    "value",
    [
        {"first": "Ann", "last": "Lee"},
        {"prefix": "Dr.", "first": "Ann", "middle": "M.", "last": "Lee", "suffix": "Jr."},
        {"First": "Ann", "Last": "Lee", "FirstAndLast": "Ann Lee", "Prefix": None},
        {"firstName": "Ann", "lastName": "Lee"},
        {"first_name": "Ann", "last_name": "Lee"},
    ],
)
def test_it_reads_a_name_in_parts_whatever_the_question_is_called(value: dict[str, str]):
    assert found("q3", value, "Who are you?") == {"name": "Ann Lee"}


def test_it_takes_no_part_beside_a_name_for_the_rest_of_it():
    assert found("Name", {"Prefix": "Dr.", "First": "Ann", "Last": ""}) == {"name": "Ann"}


def test_it_takes_no_parts_of_somebody_elses_name():
    assert found("referrer", {"first": "Ann", "last": "Lee"}) == {}


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ({"full": "(212) 555-0123"}, "(212) 555-0123"),
        ({"area": "212", "phone": "5550123"}, "212 5550123"),
        ({"country": "1", "area": "212", "phone": "5550123"}, "+1 212 5550123"),
        ({"country": "+44", "area": "20", "phone": "79460123"}, "+44 20 79460123"),
    ],
)
def test_it_puts_a_phone_number_together(value: dict[str, str], phone: str):
    assert found("q5", value) == {"phone": phone}


@pytest.mark.parametrize(
    "value",
    [
        {"country": "1"},
        {"addr_line1": "1 Main St", "city": "Nome", "state": "AK", "postal": "99762", "country": "United States"},
        {},
        {"0": "Tea", "1": "Coffee"},
    ],
)
def test_it_finds_nobody_in_an_address_or_a_choice(value: dict[str, str]):
    assert found("q7", value) == {}


def test_it_reads_a_list_that_came_with_numbers():
    (field,) = answered("q8", {"0": "Tea", "1": "Coffee"})

    assert field.value == ["Tea", "Coffee"]


def test_it_leaves_out_what_is_beside_the_answers():
    fields = labelled({"email": "a@example.com", "form_id": "3", "_referer": "/x"}, but={"form_id"}, hidden="_")

    assert [field.key for field in fields] == ["email"]


@pytest.mark.parametrize("value", [None, [], 3, "text"])
def test_it_finds_no_rows_and_no_members_where_there_are_none(value: object):
    assert rows(value) == []
    assert table(value) == {}
    assert list(labelled(value)) == []


def test_it_leaves_out_of_a_list_what_is_no_object():
    assert rows([{"a": 1}, 2, None]) == [{"a": 1}]


def test_it_reads_members_as_text():
    assert texts({"a": "x", "b": 7, "c": None, "d": {"e": 1}}, "a", "b", "c", "d", "f") == ["x", "7", "", "", ""]


@pytest.mark.parametrize(
    ("text", "value"),
    [('{"a": 1}', {"a": 1}), ("[1]", [1]), ("{a", None), ("", None), ("\ud800", None), (3, None), (None, None)],
)
def test_it_reads_json_inside_text_or_finds_none(text: object, value: object):
    assert unpacked(text) == value


@pytest.mark.parametrize(("label", "part"), [("First", "firstname"), ("Last name", "lastname"), ("City", "")])
def test_it_knows_the_parts_of_a_name(label: str, part: str):
    assert part_of_name(label) == part

"""From bytes to plain data, whatever the bytes and whatever they claim to be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PayloadError, UnsupportedMediaError
from app.payload import decode, nested

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def multipart(*parts: bytes) -> bytes:
    return b"".join(b"--X\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--X--\r\n"


@pytest.mark.parametrize(
    "content_type", ["", JSON, "text/plain", FORM, "application/ld+json", "image/png", "nonsense;;;"]
)
def test_it_knows_json_by_its_first_character_whatever_the_content_type(content_type: str):
    assert decode(b' \n{"a": [1, 2.5, null, true]}', content_type) == {"a": [1, 2.5, None, True]}


@pytest.mark.parametrize(("body", "value"), [(b"7", 7), (b'"a"', "a"), (b"null", None), (b"true", True)])
def test_it_reads_single_values_of_json_where_they_are_announced(body: bytes, value: object):
    assert decode(body, "application/json; charset=utf-8") == value


def test_it_reads_json_with_a_byte_order_mark():
    assert decode(b'\xef\xbb\xbf{"name": "Zo\xc3\xab"}', JSON) == {"name": "Zoë"}


def test_it_keeps_numbers_beyond_what_a_double_holds():
    assert decode(b'{"id": 706405506930370084}') == {"id": 706405506930370084}


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b"", JSON, "the body is empty"),
        (b" \r\n\t", FORM, "the body is empty"),
        (b'{"a": "\xff"}', JSON, r"not UTF-8 text \(byte 7\)"),
        (b'{"a": 1', JSON, "is not JSON: .* at character"),
        (b'{"a": "raw\nbreak"}', JSON, "is not JSON"),
        (b"{} {}", JSON, "is not JSON: Extra data"),
        (b'{"a": NaN}', JSON, "NaN is no JSON number"),
        (b"[-Infinity]", "", "Infinity is no JSON number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", JSON, "too deep or too large"),
        (b"[" * 100_000, JSON, "too deep or too large"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, "too deep or too large"),
        (b"&".join(b"a=1" for _ in range(100_000)), FORM, "too many fields"),
        (b"a=%ff", FORM, "not UTF-8"),
        (b"x", "multipart/form-data", "has no boundary"),
        (b"x", "multipart/form-data; boundary=", "has no boundary"),
        (b"no boundary in here", "multipart/form-data; boundary=X", "multipart body cannot be read"),
        (b"--X\r\nbroken", "multipart/form-data; boundary=X", "multipart body cannot be read"),
        (
            multipart(*[b'name="a"\r\n\r\n1'] * 3_000),
            "multipart/form-data; boundary=X",
            "multipart body cannot be read",
        ),
    ],
)
def test_it_says_why_a_body_cannot_be_read(body: bytes, content_type: str, message: str):
    with pytest.raises(PayloadError, match=message):
        decode(body, content_type)


@pytest.mark.parametrize(
    ("body", "content_type"), [(b"<a>1</a>", "application/xml"), (b"<a/>", ""), (b"hello", "text/plain"), (b"a=1", "")]
)
def test_it_refuses_what_is_neither_json_nor_a_form(body: bytes, content_type: str):
    with pytest.raises(UnsupportedMediaError, match="send JSON or a form"):
        decode(body, content_type)


def test_it_reads_a_form():
    assert decode(b"name=Jos%C3%A9+Luis&empty=&email=a%40b.example", FORM) == {
        "name": "José Luis",
        "empty": "",
        "email": "a@b.example",
    }


def test_it_reads_a_multipart_form_and_the_names_of_its_files():
    body = multipart(b'name="name"\r\n\r\nMei', b'name="cv"; filename="cv.pdf"\r\nContent-Type: a/b\r\n\r\n%PDF')

    assert decode(body, "multipart/form-data; boundary=X") == {"name": "Mei", "cv": "cv.pdf"}


def test_it_reads_a_large_file_and_leaves_nothing_open():
    body = multipart(b'name="f"; filename="big"\r\n\r\n' + b"x" * 900_000)

    assert decode(body, "multipart/form-data; boundary=X") == {"f": "big"}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a[b][c]", "1"), ("a[b][d]", "2")], {"a": {"b": {"c": "1", "d": "2"}}}),
        ([("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}),
        ([("a", "1"), ("a", "2"), ("a", "3")], {"a": ["1", "2", "3"]}),
        ([("a", "1"), ("a[b]", "2")], {"a": {"": "1", "b": "2"}}),
        ([("a[b]", "2"), ("a", "1")], {"a": {"b": "2", "": "1"}}),
        ([("a[0][name]", "x")], {"a": {"0": {"name": "x"}}}),
        ([("a[b", "1"), ("]", "2"), ("", "3")], {"a[b": "1", "]": "2", "": "3"}),
        ([("a" + "[b]" * 50, "1")], {"a" + "[b]" * 50: "1"}),
    ],
)
def test_it_nests_names_with_brackets(pairs: list[tuple[str, str]], expected: object):
    assert nested(pairs) == expected


def test_it_keeps_nul_and_lone_surrogates_for_the_guard_to_clean():
    assert decode(rb'{"a": "\u0000\ud800"}') == {"a": "\x00\ud800"}


@given(st.binary(max_size=300), st.sampled_from([JSON, FORM, "", "multipart/form-data; boundary=X", "multipart/mixed"]))
def test_it_reads_any_bytes_or_raises_one_of_its_own_errors(body: bytes, content_type: str):
    try:
        decode(body, content_type)
    except (PayloadError, UnsupportedMediaError) as error:
        assert str(error)  # noqa: PT017 -- most bodies raise, some do not


@given(st.lists(st.tuples(st.text("ab[]", max_size=9), st.text(max_size=2)), max_size=9))
def test_it_nests_any_names(pairs: list[tuple[str, str]]):
    assert json.dumps(nested(pairs))


@pytest.mark.parametrize("content_type", ["", JSON, "application/jwt", "text/plain", FORM])
def test_the_claims_of_a_token_are_its_payload_whatever_the_content_type(content_type: str):
    assert decode(b"eyJhbGciOiJSUzI1NiJ9.eyJhIjp7ImIiOjF9fQ.c2lnbmF0dXJl\n", content_type) == {"a": {"b": 1}}


@pytest.mark.parametrize("claims", [b"YQ", b"a", b"_w", b"e30x"])
def test_a_token_without_claims_cannot_be_read(claims: bytes):
    with pytest.raises(PayloadError):
        decode(b"eyJhbGciOiJSUzI1NiJ9." + claims + b".c2ln")

"""Bad input: each gets its status and problem details; nothing is kept of it."""

import json

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_sources import BEARER, CUSTOMER, PERSON, kept, problem, signed

DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
MIB = 1024 * 1024
UNREADABLE = {
    "empty": b"",
    "blank": b" \r\n\t",
    "invalid UTF-8": b'{"email": "\xff\xfe"}',
    "broken JSON": b'{"email": "ada@example.com"',
    "JSON with something behind it": b"{}{}",
    "NaN": b'{"a": NaN}',
    "100,000 lists deep": b"[" * 100_000,
    "a number of 50,000 digits": b'{"a": ' + b"9" * 50_000 + b"}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_it_answers_400_to_a_genuine_body_that_it_cannot_read(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/hooks/landing", data=body, headers=BEARER)

    assert answer.status_code == 400
    assert problem(answer)["detail"]
    assert kept(client) == []


def test_it_answers_400_to_json_100_000_levels_deep(client: FlaskClient) -> None:
    answer = client.post("/hooks/landing", data=DEEP, headers=BEARER)

    assert answer.status_code == 400
    problem(answer)


@pytest.mark.parametrize("body", [*UNREADABLE.values(), DEEP[:60_000], CUSTOMER], ids=[*UNREADABLE, "deep", "good"])
def test_it_answers_401_to_anything_unverified_and_keeps_nothing(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/hooks/shop", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 401
    assert kept(client) == []


@pytest.mark.parametrize("value", [1, 1.5, True, None, [], {}, ["ada@example.com"], {"a": 1}])
@pytest.mark.parametrize("field", ["email", "phone", "name", "id", "type"])
def test_it_keeps_a_payload_with_something_else_where_text_is_expected(
    client: FlaskClient, field: str, value: object
) -> None:
    body = json.dumps({"email": "ada@example.com", field: value})

    answer = client.post("/hooks/landing", data=body, headers=BEARER)

    assert answer.status_code == 200
    assert len(kept(client)) == 1


@pytest.mark.parametrize("headers", [BEARER, {}])
def test_it_answers_413_to_a_body_that_is_too_large(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/hooks/landing", data=b"x" * (MIB + 1), headers=headers)

    assert answer.status_code == 413
    assert kept(client) == []
    problem(answer)


def test_it_takes_a_body_that_is_just_not_too_large(client: FlaskClient) -> None:
    body = PERSON + b" " * (MIB - len(PERSON))

    answer = client.post("/hooks/landing", data=body, headers=BEARER)

    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "image/png", "", "nonsense", "application/json; x"])
def test_it_reads_json_whatever_the_content_type_says(client: FlaskClient, kind: str) -> None:
    answer = client.post("/hooks/landing", data=PERSON, headers={**BEARER, "Content-Type": kind})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"email=ada%40example.com", 400),
        ("application/x-www-form-urlencoded", b"email=%ff", 400),
        ("multipart/form-data", b"--x\r\n", 400),
        ("multipart/form-data; boundary=x", b"nothing of the kind", 400),
        ("text/plain", b"hello", 415),
        ("image/png", b"\x89PNG", 400),
    ],
)
def test_it_refuses_a_body_that_its_content_type_lies_about(
    client: FlaskClient, kind: str, body: bytes, status: int
) -> None:
    answer = client.post("/hooks/landing", data=body, headers={**BEARER, "Content-Type": kind})

    assert answer.status_code == status
    assert kept(client) == []
    problem(answer)


def test_it_is_not_confused_by_a_signature_header_that_comes_twice(client: FlaskClient) -> None:
    headers = [*signed().items(), ("X-Shopify-Hmac-Sha256", "AAAA")]

    answer = client.post("/hooks/shop", data=CUSTOMER, headers=headers)

    assert answer.status_code == 401
    assert kept(client) == []


def test_it_takes_a_header_of_60_kb(client: FlaskClient) -> None:
    answer = client.post("/hooks/shop", data=CUSTOMER, headers={**signed(), "X-Long": "x" * 60_000})

    assert answer.status_code == 200


def test_it_answers_401_to_a_signature_of_60_kb(client: FlaskClient) -> None:
    headers = {**signed(), "X-Shopify-Hmac-Sha256": "x" * 60_000}

    answer = client.post("/hooks/shop", data=CUSTOMER, headers=headers)

    assert answer.status_code == 401


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300) | st.text(max_size=50).map(lambda t: json.dumps({"email": t, "id": t}).encode()))
def test_it_never_answers_500_whatever_the_body(client: FlaskClient, body: bytes) -> None:
    for source in ("landing", "strict"):
        answer = client.post(f"/hooks/{source}", data=body, headers=BEARER)

        assert answer.status_code in (200, 400, 415, 422)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=JSON, topic=st.sampled_from(["customers/create", "orders/paid", "customers/redact", "x"]))
def test_it_never_answers_500_whatever_a_genuine_sender_says(client: FlaskClient, payload: object, topic: str) -> None:
    body = json.dumps(payload).encode()

    answer = client.post("/hooks/shop", data=body, headers=signed(body, topic=topic))

    assert answer.status_code in (200, 400, 415)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12),
    value=st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=60),
    path=st.text(max_size=30),
)
def test_it_never_answers_500_whatever_the_headers_and_the_address(
    client: FlaskClient, name: str, value: str, path: str
) -> None:
    for headers in ({name: value}, {"Authorization": value}, {"X-Shopify-Hmac-Sha256": value}, {"Content-Type": value}):
        for address in ("/hooks/shop", "/hooks/landing", f"/hooks/{path}", f"/hooks/form?{path}"):
            answer = client.post(address, data=b"{}", headers=headers)

            assert answer.status_code in (401, 404)

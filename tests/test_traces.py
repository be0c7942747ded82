"""Recognising a person in payloads and conversations, however their identities are written."""

import json
from datetime import UTC, datetime

import pytest

from app.traces import Traces
from app.webhook import Event

TRACES = Traces([("email", "zoe.adler@example.com"), ("phone", "+41446681800"), ("user_id", "shopify:706405506")])
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


def event(payload: object, content_type: str = "application/json") -> Event:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Event("shop", "e1", "signup", NOW, body, content_type)


@pytest.mark.parametrize(
    "payload",
    [
        {"email": "zoe.adler@example.com"},
        {"email": " Zoe.Adler@EXAMPLE.com "},
        {"a": [{"b": "Zoe <zoe.adler@example.com>"}]},
        {"rawRequest": '{"q3_email":"zoe.adler@example.com"}'},
        {"zoe.adler@example.com": {"score": 1}},
        {"phone": "+41446681800"},
        {"phone": "+41 44 668 18 00"},
        {"phone": "0041 (44) 668-18-00"},
        {"phone": "044 668 18 00"},
        {"phone": 446681800},
        {"text": "call +41446681800 today"},
        {"customer": {"id": 706405506}},
        {"id": "shopify:706405506"},
    ],
)
def test_it_recognises_them(payload: object) -> None:
    assert TRACES.named_in(event(payload))


@pytest.mark.parametrize(
    "payload",
    [
        {"email": "ezoe.adler@example.com"},
        {"email": "zoe.adler@example.community"},
        {"email": "zoe.adler@example.com.au"},
        {"phone": "+14155552671"},
        {"id": 7064055060},
        {"text": "706405506 and more words"},
        {"yes": True, "nothing": None, "list": [], "price": 18.0},
    ],
)
def test_it_takes_nobody_else_for_them(payload: object) -> None:
    assert not TRACES.named_in(event(payload))


def test_it_recognises_them_in_a_form() -> None:
    assert TRACES.named_in(event(b"x=1&who%5Bmail%5D=Zoe.Adler%40example.com", FORM))


@pytest.mark.parametrize("body", [b'{"mail": "zoe.adler@example.com', b"\xff zoe.adler@example.com", b"[" * 100_000])
def test_it_looks_through_what_cannot_be_read_as_text(body: bytes) -> None:
    assert TRACES.named_in(event(body)) is (b"zoe" in body)


def test_a_short_user_id_is_no_trace() -> None:
    assert not Traces([("user_id", "woocommerce:25"), ("user_id", "5")]).named_in(event({"quantity": 5, "id": 25}))
    assert Traces([("user_id", "woocommerce:25")]).named_in(event({"id": "woocommerce:25"}))


def test_a_conversation_may_say_them_inside_a_longer_word() -> None:
    answer = {"answer": '{"a":"x\\nzoe.adler@example.com"}', "path": "/contacts/shopify%3A706405506"}

    assert TRACES.mentioned_in([None, [answer]])
    assert not TRACES.mentioned_in(["400: no", [{"answer": "[]"}]])


def test_without_identities_nobody_is_named() -> None:
    assert not Traces([]).named_in(event({"email": "zoe.adler@example.com"}))

"""The playground: what a payload would become. Nothing is kept, nothing is sent."""

import json

import pytest
from console_client import Console, words_of

from app.store import Filter

JUNK = [
    "", "{", "[]", "null", '"text"', "[" * 100_000, '{"a": NaN}', "\ud800", "a=b&email=x", "<script>alert(1)</script>",
    '{"email": "<script>alert(1)</script>"}', "{" + '"a":{' * 5_000,
]  # fmt: skip
PAYLOAD = json.dumps({"id": "p-1", "lead": {"mail": "ada@example.com"}, "name": "Ada Example"})


def test_it_shows_the_contact_with_where_each_part_came_from(console: Console) -> None:
    page = words_of(console.post("/playground", source="landing", payload=PAYLOAD, email="lead.mail", name="name"))

    assert "It would be delivered" in page
    assert "email ada@example.com lead.mail" in page
    assert console.bridge.store.log.events(Filter()) == []


def test_it_shows_the_reason_when_there_is_no_contact(console: Console) -> None:
    page = words_of(console.post("/playground", source="landing", payload=PAYLOAD, email="email"))

    assert "failed neither e-mail nor phone: tried email" in page


def test_it_says_how_to_keep_the_expressions(console: Console) -> None:
    page = words_of(console.post("/playground", source="landing", payload=PAYLOAD, email='lead."mail"'))

    assert '[sources.landing.contact] email = "lead.\\"mail\\""' in page


def test_it_says_what_is_wrong_with_an_expression(console: Console) -> None:
    page = words_of(console.post("/playground", source="landing", payload=PAYLOAD, email="lead.[", name="nope()"))

    assert "email: the expression is no JMESPath" in page
    assert "name: the expression calls nope(), which is no JMESPath function" in page


def test_it_begins_with_a_sample_and_its_headers(console: Console) -> None:
    first = console.get("/playground", source="shop").text
    name = first.partition('<option value="">none</option><option>')[2].partition("<")[0]

    page = console.get("/playground", source="shop", sample=name).text

    assert "x-shopify-topic: customers/create" in page
    assert "&#34;email&#34;" in page


def test_it_answers_htmx_with_the_result_alone(console: Console) -> None:
    answer = console.in_place("/playground", source="landing", payload=PAYLOAD, email="lead.mail")

    assert "<html" not in answer.text
    assert "ada@example.com" in answer.text


@pytest.mark.parametrize("source", ["landing", "shop", "nobody"])
def test_it_takes_any_payload(console: Console, source: str) -> None:
    for payload in JUNK:
        answer = console.post("/playground", source=source, payload=payload.encode("utf-8", "replace").decode())

        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_it_takes_a_payload_as_large_as_a_webhook_may_be(console: Console) -> None:
    payload = json.dumps({"email": "ada@example.com", "text": "ü" * 500_000}, ensure_ascii=False)

    assert "ada@example.com" in words_of(console.post("/playground", source="landing", payload=payload, email="email"))


@pytest.mark.parametrize("headers", ["no colon", ": no name"])
def test_it_says_which_header_is_none(console: Console, headers: str) -> None:
    page = words_of(console.post("/playground", source="landing", payload=PAYLOAD, headers=headers))

    assert f"the header line '{headers}' is none" in page


@pytest.mark.parametrize(
    ("bomb", "words"),
    [
        ("'a'" + "|[@,@]" * 60 + "|to_string(@)", "goes through too much of this payload to be tried out"),
        ("!" * 1_900 + "email", "is nested too deep"),
    ],
)
def test_no_expression_fills_the_memory_or_the_afternoon(console: Console, bomb: str, words: str) -> None:
    answer = console.post("/playground", source="landing", payload='{"email": "ada@example.com"}', name=bomb)

    assert answer.status_code == 200
    assert words in words_of(answer)

"""Where facts about a webhook stand."""

import pytest

from app.reading import address, body_hash, constant, equals, first, header, joined, lookup, path, query
from app.webhook import Webhook

WEBHOOK = Webhook(
    body=b'{"id": 7, "type": "created", "data": {"list": [{"id": "x"}], "empty": ""}}',
    headers={"content-type": "application/json", "x-topic": "customers/create"},
    query={"token": "t"},
)


def test_it_reads_a_header_in_any_case():
    assert header("X-Topic")(WEBHOOK) == "customers/create"
    assert header("X-Other")(WEBHOOK) is None


def test_it_reads_the_first_of_several_headers_that_came():
    assert header("Shop-Topic", "X-Topic", "Content-Type")(WEBHOOK) == "customers/create"


def test_it_reads_the_query():
    assert query("token")(WEBHOOK) == "t"
    assert query("other")(WEBHOOK) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id", 7),
        ("data.list", [{"id": "x"}]),
        ("data.list[0].id", "x"),
        ("data.id.deeper", None),
        ("missing", None),
        ("join('/', [type, 'x'])", "created/x"),
        ("join('/', id)", None),
    ],
)
def test_it_reads_a_path_of_the_payload(text: str, found: object):
    assert path(text)(WEBHOOK) == found


@pytest.mark.parametrize("payload", [None, 7, "text", ["list"], True])
def test_it_finds_nothing_where_there_are_no_names(payload: object):
    assert lookup("a.b")(payload) is None
    assert lookup("a")(payload) is None


def test_it_takes_the_first_that_finds_a_usable_key():
    assert first(path("missing"), path("data.empty"), path("data"), path("id"))(WEBHOOK) == 7
    assert first(path("missing"))(WEBHOOK) is None


def test_it_joins_only_where_every_part_is_there():
    assert joined(path("type"), path("id"))(WEBHOOK) == "created/7"
    assert joined(path("type"), path("missing"))(WEBHOOK) is None


def test_it_compares_and_repeats():
    assert equals(path("type"), "created")(WEBHOOK) is True
    assert equals(path("type"), "deleted")(WEBHOOK) is False
    assert constant("same")(WEBHOOK) == "same"


def test_it_takes_equal_bytes_for_one_event():
    assert body_hash(WEBHOOK) == body_hash(Webhook(body=WEBHOOK.body))
    assert body_hash(WEBHOOK) != body_hash(Webhook(body=WEBHOOK.body + b" "))


def test_it_makes_an_address_of_what_the_payload_says_and_of_nothing_else():
    find = address("https://api.example.com/{shop}/people/{id}", shop="shop", id="data.id")

    assert find({"shop": "a", "data": {"id": 7}}) == "https://api.example.com/a/people/7"
    assert find({"shop": "@evil.example.org/?#", "data": {"id": "ä"}}) == (
        "https://api.example.com/%40evil.example.org%2F%3F%23/people/%C3%A4"
    )


@pytest.mark.parametrize("identity", [None, "", "..", ".", True, [], {}])
def test_it_makes_no_address_of_what_is_no_key_or_leads_elsewhere(identity: object):
    assert address("https://api.example.com/people/{id}", id="id")({"id": identity}) is None
    assert address("https://api.example.com/people/{id}", id="id")(identity) is None

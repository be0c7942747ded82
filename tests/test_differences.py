"""Differences: what a field was and would be, and what a delivery's requests say together."""

from typing import Any

import pytest

from app.differences import Difference, differences, fields_sent, makes_contact, writes

CREATE = {
    "method": "POST", "path": "/contacts",
    "body": {"channel": {"name": "Ada", "email": "ada@example.com"}, "segment_ids": ["a"]},
}  # fmt: skip
ATTACH = {"method": "POST", "path": "/contacts", "body": {"channel": {"contact_id": "c1", "phone": "+14155550100"}}}
JOIN = {"method": "POST", "path": "/contacts/c1/segments/b%20c", "body": None}
CHANGE = {"method": "PATCH", "path": "/contacts/c1", "body": {"name": "Ada L.", "unsubscribed": True}}
LOOK_UP = {"method": "GET", "path": "/contacts", "query": {"email": "ada@example.com"}, "body": None}
DRY_RUN = {"method": "POST", "path": "/contacts/bulk/dry", "body": {"channels": [{"type": "email", "name": "Bo"}]}}
BULK = {
    "method": "POST", "path": "/contacts/bulk",
    "body": {"channels": [{"type": "email", "name": "Ada", "email": "ada@example.com"}], "segment_id": "a"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {}, []),
        ({"name": "Ada"}, {"name": "Ada"}, []),
        ({"name": "Ada"}, {"name": "Ada L."}, [("name", "Ada", "Ada L.")]),
        ({"name": "Ada"}, {}, [("name", "Ada", None)]),
        ({}, {"unsubscribed": False}, [("unsubscribed", None, False)]),
        ({"name": None}, {}, []),
        ({"segment_ids": ["a", "b"]}, {"segment_ids": ("b", "a")}, []),
        ({"segment_ids": []}, {}, []),
        ({"segment_ids": ["a"]}, {"segment_ids": ["a", "b"]}, [("segment_ids", ["a"], ["a", "b"])]),
        ({"consent": {"state": "granted"}}, {"consent": {"state": "refused"}},
         [("consent", {"state": "granted"}, {"state": "refused"})]),
    ],
)  # fmt: skip
def test_it_finds_the_fields_that_differ(before: dict[str, Any], after: dict[str, Any], found: list[Any]) -> None:
    assert differences(before, after) == [Difference(*each) for each in found]


def test_the_requests_of_a_delivery_speak_of_one_contact() -> None:
    assert fields_sent([LOOK_UP, CREATE, CHANGE, ATTACH, JOIN]) == {
        "name": "Ada L.", "email": "ada@example.com", "phone": "+14155550100", "unsubscribed": True,
        "segment_ids": ["a", "b c"],
    }  # fmt: skip
    assert fields_sent([LOOK_UP]) == {}


def test_a_bulk_create_says_what_a_create_does_and_its_dry_run_nothing() -> None:
    assert fields_sent([DRY_RUN, BULK]) == fields_sent([CREATE])
    assert fields_sent([DRY_RUN]) == {}
    assert [writes(exchange) for exchange in (LOOK_UP, DRY_RUN, BULK, CREATE, CHANGE)] == [False, False, *[True] * 3]


def test_attaching_a_channel_makes_no_contact() -> None:
    assert makes_contact([LOOK_UP, CREATE])
    assert makes_contact([BULK])
    assert not makes_contact([DRY_RUN])
    assert not makes_contact([LOOK_UP, ATTACH, JOIN, CHANGE])

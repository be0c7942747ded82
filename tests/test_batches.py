"""Webhooks that carry several events."""

from collections.abc import Iterator

import pytest

from app.batches import each_element, split
from app.errors import PayloadError
from app.webhook import Webhook


def test_each_event_becomes_a_webhook_of_its_own() -> None:
    parts = split(Webhook(body=b"[1, {}]", headers={"x-id": "1", "content-type": "text/plain"}), [1, {"a": "\u00e9"}])

    assert [part.payload for part in parts] == [1, {"a": "\u00e9"}]
    assert parts[0].headers == {"x-id": "1", "content-type": "application/json"}


def test_it_refuses_a_list_without_events() -> None:
    with pytest.raises(PayloadError, match="no events"):
        split(Webhook(), [])


@pytest.mark.parametrize(("event", "most"), [({}, 1001), ({"shared": "x" * 2**20}, 17)])
def test_it_makes_no_more_than_anybody_sends_however_many_there_are(event: object, most: int) -> None:
    made = 0

    def events() -> Iterator[object]:
        nonlocal made
        while True:
            made += 1
            yield event

    with pytest.raises(PayloadError, match="more events"):
        split(Webhook(), events())
    assert made <= most


def test_a_list_holds_an_event_per_element_and_anything_else_is_one() -> None:
    one = Webhook(body=b'{"a": 1}')

    assert [part.payload for part in each_element(Webhook(body=b'[{"a": 1}, {"a": 2}]'))] == [{"a": 1}, {"a": 2}]
    assert each_element(one) == (one,)

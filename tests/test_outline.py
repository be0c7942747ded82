"""Payloads beyond all measure: genuine, as large as a body may be, and made to take long."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_samples import NOW, arrived, each_provider, each_signed, mapped, source_for

from app.mapping import map_event
from app.outline import outline
from app.providers import Provider
from app.samples import Sample, samples
from app.webhook import Event

_BYTES = 2**20
_SECONDS = 0.5 if sys.gettrace() is None else 2.0  # coverage makes everything slower
_LONG = "please tell us your e mail, company, phone, newsletter, consent, unsubscribe, any time " * 4
values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


def members(payload: Any) -> Iterator[int]:
    """How many each list and each object holds."""
    if isinstance(payload, list | dict):
        yield len(payload)
        for inner in payload if isinstance(payload, list) else payload.values():
            yield from members(inner)


@given(values)
def test_it_leaves_out_nothing_that_anybody_sends(payload: Any) -> None:
    assert outline(payload) == payload


@pytest.mark.parametrize(
    "payload",
    [
        {"data": {"emails": [[]] * 200_000}},
        {f"field {number}": {"a": 1} for number in range(100_000)},
        [[[number] * 20] * 20 for number in range(900)],
    ],
    ids=["wide", "many", "deep"],
)
def test_it_keeps_no_more_than_can_be_looked_through(payload: Any) -> None:
    found = list(members(outline(payload)))

    assert max(found) == min(1_000, max(members(payload)))
    assert sum(found) <= 10_000 + 1


def test_it_leaves_out_what_lies_deepest() -> None:
    lines = [{"taxes": [{"rates": list(range(10))}] * 5} for _ in range(1_000)]
    payload = {"lines": lines, "customer": {"email": "ada@example.com", "address": {"country": "GB"}}}

    assert outline(payload)["customer"] == payload["customer"]


def test_it_changes_nothing_of_what_it_was_given() -> None:
    payload = {"a": [[1]] * 5_000}

    outline(payload)

    assert payload == {"a": [[1]] * 5_000}


@each_signed
def test_no_provider_looks_beyond_the_outline(name: str, sample: Sample) -> None:
    source = source_for(name, sample.source)
    if source.when or source.contact or source.segments:
        return  # whoever writes expressions looks where they say
    event = arrived(source, sample)
    assert event.outline == event.payload
    event.__dict__["payload"] = None

    assert map_event(source, event).contact == mapped(source, sample).contact


def spoiled(payload: Any, fill: Any) -> Iterator[Any]:
    """The payload once for each of its lists and objects, that one filled up until the body is full."""
    if not isinstance(payload, list | dict):
        return
    count = _BYTES // (len(json.dumps(fill)) + (2 if isinstance(payload, list) else len(_LONG) + 10))
    if isinstance(payload, list):
        yield [*payload, *[fill] * count]
        yield from (
            [*payload[:n], one, *payload[n + 1 :]] for n, inner in enumerate(payload) for one in spoiled(inner, fill)
        )
    else:
        yield {**payload, **{f"{_LONG}{number}": fill for number in range(count)}}
        yield from ({**payload, name: one} for name, inner in payload.items() for one in spoiled(inner, fill))


@pytest.mark.slow
@each_provider
def test_no_payload_takes_long_to_map(provider: Provider) -> None:
    """The bound is generous, for machines that are busy or slow: without the outline it is seconds."""
    sample = samples(provider.name)[0]
    source = source_for(provider.name, sample.source)
    event = arrived(source, sample)
    for payload in [one for fill in ([], "a") for one in spoiled(event.payload, fill)]:
        assert min(_seconds(source, event.event_type, payload) for _ in range(2)) < _SECONDS


def _seconds(source: Any, event_type: str, payload: Any) -> float:
    """The processor's time for one mapping."""
    event = Event("sample", "1", event_type, NOW, b"{}")
    event.__dict__["payload"] = payload
    started = time.process_time()
    map_event(source, event)
    return time.process_time() - started

"""Whatever arrives under the name of a provider, nothing but its own errors is raised."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st
from provider_samples import NOW, each_provider, each_signed, few, read, signed, source_for, texts

from app.errors import PayloadError, UnsupportedMediaError
from app.mapping import map_event
from app.providers import Provider
from app.webhook import Event, EventStatus, Webhook

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@each_provider
@few
@given(values, st.dictionaries(texts, values, max_size=3))
def test_it_reads_and_maps_any_json_without_an_error(provider, value, extra):
    source = source_for(provider.name)
    for payload in (value, extra, {"data": value, **extra}, {"data": {"object": value, "fields": value}}):
        for event_type in {*provider.events, *provider.ignores, "unknown"}:
            event = Event("sample", "1", event_type, NOW, json.dumps(payload).encode())

            assert map_event(source, event).status in set(EventStatus)
            assert fetches_from_its_host(source.provider, payload)


@each_signed
@few
@given(st.data())
def test_a_sample_with_any_part_replaced_by_junk_maps_without_an_error(name, sample, data):
    source = source_for(name, sample.source)
    event = read(source, signed(source, sample.webhook))
    junk = spoil(event.payload, data)
    fetched = None if sample.fetched is None else json.dumps(spoil(json.loads(sample.fetched), data)).encode()
    spoiled = replace(event, body=json.dumps(junk).encode(), content_type="application/json", fetched=fetched)

    assert map_event(source, spoiled).status in set(EventStatus)
    assert fetches_from_its_host(source.provider, junk)


def fetches_from_its_host(provider: Provider, payload: object) -> bool:
    """Whatever a payload says, nothing is fetched from anywhere else, and no other place there."""
    address = provider.fetch.url(payload) if provider.fetch else None
    if address is None:
        return True
    parts = urlsplit(address)
    clean = address.isascii() and address.isprintable() and not {".", ".."} & set(parts.path.split("/"))
    return clean and (parts.scheme, parts.netloc, parts.fragment) == ("https", provider.fetch.host, "")


def spoil(payload: object, data: st.DataObject) -> object:
    """Replace one part of ``payload``, as deep as the data say, by anything."""
    members = (
        list(payload.items() if isinstance(payload, dict) else enumerate(payload))
        if payload and isinstance(payload, dict | list)
        else []
    )
    if not members or data.draw(st.integers(0, 5)) == 0:
        return data.draw(values)
    key, member = data.draw(st.sampled_from(members))
    if isinstance(payload, dict):
        return {**payload, key: spoil(member, data)}
    return [*payload[:key], spoil(member, data), *payload[key + 1 :]]


@each_provider
@few
@given(st.binary(max_size=100), st.sampled_from(["", "application/json", "multipart/form-data; boundary=x", "text/x"]))
def test_it_reads_any_bytes_or_says_that_it_cannot(provider, body, content_type):
    source = source_for(provider.name)

    try:
        events = source.provider.read(source, Webhook(body=body, headers={"content-type": content_type}), NOW)
    except (PayloadError, UnsupportedMediaError):
        return

    assert all(map_event(source, event).status in set(EventStatus) for event in events)

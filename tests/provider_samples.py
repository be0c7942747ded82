"""Every sample of every provider, and the source that receives it: configured as a user would."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from app.config import Source, from_document
from app.mapping import Mapped, map_event
from app.providers import providers
from app.samples import Sample, samples
from app.webhook import Event, Webhook

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OLD_SECRET = "whsec_b2xkIHNlY3JldCBvbGQgc2VjcmV0IG9sZCBzZWNyZXQ="
WRONG_SECRET = "whsec_d3Jvbmcgc2VjcmV0IHdyb25nIHNlY3JldCB3cm9uZyE="
SAMPLES = [(name, sample) for name in providers() for sample in samples(name)]
SIGNED = [(name, sample) for name, sample in SAMPLES if "reply" not in sample.expected]  # a handshake is not
IDS = [f"{name}-{sample.name}" for name, sample in SAMPLES]

each_provider = pytest.mark.parametrize("provider", providers().values(), ids=list(providers()))
each_signed = pytest.mark.parametrize(("name", "sample"), SIGNED, ids=[f"{n}-{s.name}" for n, s in SIGNED])
few = settings(max_examples=40, deadline=None)
texts = st.text(max_size=20)


def source_for(name: str, options: dict[str, Any] | None = None, secrets: Sequence[str] = (SECRET,)) -> Source:
    options = dict(options or {})
    if providers()[name].signature is None:
        options.setdefault("auth", "bearer")
    table = {"provider": name, "secret": list(secrets), **options}
    document = {"orgs": {"main": {"api_key": "key"}}, "sources": {"sample": table}}
    return from_document(document, {}, Path()).sources["sample"]


def signed(source: Source, webhook: Webhook, secret: str = SECRET, now: datetime = NOW) -> Webhook:
    assert source.scheme
    return source.scheme.sign(replace(webhook, url="https://hooks.example.com/hooks/sample"), secret, now)


def read(source: Source, webhook: Webhook) -> Event:
    (event,) = source.provider.read(source, webhook, NOW)
    return event


def mapped(source: Source, sample: Sample) -> Mapped:
    return map_event(source, read(source, signed(source, sample.webhook)))

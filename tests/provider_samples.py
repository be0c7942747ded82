"""Every sample of every provider, and the source that receives it: configured as a user would."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from app.config import Source, from_document
from app.mapping import Mapped, map_event
from app.providers import providers
from app.samples import Sample, samples
from app.signatures import BasicAuth, Scheme, pem
from app.webhook import Event, Webhook

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PUBLIC_URL = "https://hooks.example.com"
SAMPLES = [(name, sample) for name in providers() for sample in samples(name)]
SIGNED = [(name, sample) for name, sample in SAMPLES if "reply" not in sample.expected]  # a handshake is not
IDS = [f"{name}-{sample.name}" for name, sample in SAMPLES]

each_provider = pytest.mark.parametrize("provider", providers().values(), ids=list(providers()))
each_signed = pytest.mark.parametrize(("name", "sample"), SIGNED, ids=[f"{n}-{s.name}" for n, s in SIGNED])
few = settings(max_examples=8, deadline=None)  # of each of seven hundred samples, others every time
texts = st.text(max_size=20)

# The secret of a source, the one before it and one that was never its own, in each form that senders use.
_FORMS = (
    (
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "whsec_b2xkIHNlY3JldCBvbGQgc2VjcmV0IG9sZCBzZWNyZXQ=",
        "whsec_d3Jvbmcgc2VjcmV0IHdyb25nIHNlY3JldCB3cm9uZyE=",
    ),
    ("30313233343536373839616263646566", "6f6c642073656372657420212121", "77726f6e67207365637265742121"),
    ("bridge:correct horse", "bridge:battery staple", "bridge:wrong"),
)


@cache
def _key_pairs() -> tuple[str, ...]:
    return tuple(pem.generate() for _ in range(3))


def secrets_of(name: str, options: dict[str, Any] | None = None) -> tuple[str, ...]:
    """The secret, the old one and a wrong one, in the form that the scheme of the source wants."""
    scheme: Scheme | None = providers()[name].signature
    if scheme is None and (options or {}).get("auth") == "basic":
        scheme = BasicAuth()
    fitting = (f for f in _FORMS if scheme is None or not any(scheme.check_secret(secret) for secret in f))
    return next(fitting, None) or _for_key_pairs(scheme)


def _for_key_pairs(scheme: Scheme | None) -> tuple[str, ...]:
    alone = not scheme or scheme.check_secret(_key_pairs()[0]) is None
    return _key_pairs() if alone else tuple(f"invented-client\n{key}" for key in _key_pairs())


def source_for(name: str, options: dict[str, Any] | None = None, secrets: Sequence[str] = ()) -> Source:
    options = dict(options or {})
    if providers()[name].signature is None:
        options.setdefault("auth", "bearer")
    if providers()[name].fetch:
        options.setdefault("token", "invented-token")
    table = {"provider": name, "secret": list(secrets or secrets_of(name, options)[:1]), **options}
    document = {
        "server": {"public_url": PUBLIC_URL},
        "orgs": {"main": {"api_key": "key"}},
        "sources": {"sample": table},
    }
    return from_document(document, {}, Path()).sources["sample"]


def signed(source: Source, webhook: Webhook, secret: str | None = None, now: datetime = NOW) -> Webhook:
    assert source.scheme
    webhook = replace(webhook, url=f"{PUBLIC_URL}/hooks/sample")
    return source.scheme.sign(webhook, secret or source.secrets[0], now)


def read(source: Source, webhook: Webhook) -> Event:
    (event,) = source.provider.read(source, webhook, NOW)
    return event


def arrived(source: Source, sample: Sample) -> Event:
    """The event of a sample as the delivery process maps it: what a thin one names is fetched."""
    event = read(source, signed(source, sample.webhook))
    return event if sample.fetched is None else replace(event, fetched=sample.fetched)


def mapped(source: Source, sample: Sample) -> Mapped:
    return map_event(source, arrived(source, sample))

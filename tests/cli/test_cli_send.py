"""``send``: which webhook is sent for the words that a person may say."""

from typing import Any

import pytest
from cli_run import Run
from provider_samples import SIGNED, signed, source_for

from app.cli.payloads import from_samples
from app.providers import ANY, providers
from app.samples import Sample


def sent(name: str, event: str | None = None, options: Any = None) -> tuple[str, bool]:
    """The type of what is sent, and whether it is a test."""
    source, provider = source_for(name, options), providers()[name]
    (part, *_) = provider.parts(signed(source, from_samples(provider, event)))
    return str(type(provider).event_type(part)), bool(type(provider).test(part))


@pytest.mark.parametrize(
    ("name", "event"), [(name, event) for name, p in providers().items() for event in p.events if event != ANY]
)
def test_it_knows_every_event_type_of_every_sender(name: str, event: str) -> None:
    said = {sample.expected["event"]["type"] for provider, sample in SIGNED if provider == name}

    assert event in said
    assert from_samples(providers()[name], event).body


def test_it_sends_an_event_by_the_senders_own_word_for_it() -> None:
    assert sent("shopify", "customers/update") == ("customers/update", False)
    assert sent("stripe", "customer.updated") == ("customer.updated", False)


def test_it_sends_the_most_ordinary_event_if_none_is_named() -> None:
    assert sent("shopify") == ("customers/create", False)


@pytest.mark.parametrize(
    ("name", "sample"),
    [(n, s) for n, s in SIGNED if s.expected["event"].get("test")],
    ids=[n for n, s in SIGNED if s.expected["event"].get("test")],
)
def test_a_test_stays_a_test(name: str, sample: Sample) -> None:
    assert sent(name, sample.name, sample.source)[1]


def test_it_names_the_nearest_event_type(run: Run, configured: object) -> None:
    result = run("send", "shop", "customers/updat")

    assert result.exit_code == 2
    assert "did you mean customers/update?" in result.output

"""``send``: which webhook is sent for the words that a person may say."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cli_run import Run
from provider_samples import SIGNED, signed, source_for

from app.cli import demo
from app.cli.payloads import as_event, from_samples
from app.config import loads
from app.providers import ANY, providers
from app.samples import Sample
from app.webhook import Webhook


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


@pytest.mark.parametrize(
    ("name", "event"), [(name, event) for name, p in providers().items() for event in p.events if event != ANY]
)
def test_the_sandboxs_own_sources_take_each_event_for_what_it_is(name: str, event: str) -> None:
    source = loads(demo._text("127.0.0.1", 8000, "http://127.0.0.1:9000"), {}, Path()).sources[name]

    read = source.provider.read(source, signed(source, from_samples(source.provider, event)), datetime.now(UTC))

    assert read[0].event_type == event


def test_a_payload_of_ones_own_is_sent_as_the_event_that_is_named() -> None:
    own = Webhook(body=b'{"id": 1}', headers={"content-type": "application/json"})

    webhook = as_event(own, providers()["shopify"], "customers/update")

    assert webhook.body == own.body
    assert type(providers()["shopify"]).event_type(webhook) == "customers/update"
    assert webhook.content_type == "application/json"


def test_it_names_the_local_address_where_nobody_answers_at_the_configured_one(configured: Path, run: Run) -> None:
    toml = configured / "bridge.toml"
    toml.write_text('[server]\npublic_url = "http://127.0.0.1:1"\nport = 8123\n' + toml.read_text())

    configured_one, given = run("send", "shop"), run("send", "shop", "--url", "http://127.0.0.1:1/hooks/shop")

    assert (configured_one.exit_code, given.exit_code) == (1, 1)
    assert "on this machine it is --url http://127.0.0.1:8123/hooks/shop" in configured_one.stderr
    assert "--url says another address" in given.stderr

"""Every sample of every provider, signed, unsigned and spoiled."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_samples import NOW, each_provider, each_signed, few, secrets_of, signed, source_for, texts

from app.errors import Cause, VerificationError
from app.providers import providers
from app.samples import Sample, samples
from app.webhook import Webhook


@each_signed
def test_it_is_accepted_as_sent(name: str, sample: Sample):
    source = source_for(name, sample.source)

    source.scheme.verify(signed(source, sample.webhook), source.secrets, NOW)


@each_signed
def test_it_is_accepted_with_the_old_secret_while_that_rotates(name: str, sample: Sample):
    new, old, _ = secrets_of(name, dict(sample.source))
    source = source_for(name, sample.source, secrets=(new, old))

    source.scheme.verify(signed(source, sample.webhook, old), source.secrets, NOW)


@each_signed
@pytest.mark.parametrize("which", ["no", "an empty", "a wrong"])
def test_it_is_refused_with_no_or_another_secret(name: str, sample: Sample, which: str):
    source = source_for(name, sample.source)
    webhook = signed(source, sample.webhook)
    secrets = {"no": (), "an empty": ("",), "a wrong": secrets_of(name, dict(sample.source))[2:]}[which]

    with pytest.raises(VerificationError):
        source.scheme.verify(webhook, secrets, NOW)


@each_signed
def test_it_is_refused_unsigned(name: str, sample: Sample):
    source = source_for(name, sample.source)

    with pytest.raises(VerificationError) as refusal:
        source.scheme.verify(sample.webhook, source.secrets, NOW)

    assert refusal.value.cause in (Cause.HEADER_MISSING, Cause.HEADER_MALFORMED)


@each_signed
def test_it_is_refused_with_a_changed_byte(name: str, sample: Sample):
    source = source_for(name, sample.source)
    if not source.scheme.signs_body:
        return  # who only shows a secret, or signs a part of the body, leaves the rest unproven: the guide says so
    webhook = signed(source, sample.webhook)
    middle = len(webhook.body) // 2
    altered = webhook.body[:middle] + bytes([webhook.body[middle] ^ 1]) + webhook.body[middle + 1 :]

    with pytest.raises(VerificationError):
        source.scheme.verify(replace(webhook, body=altered), source.secrets, NOW)


@each_provider
@few
@given(st.binary(max_size=200), st.dictionaries(texts, texts, max_size=3), st.data())
def test_it_refuses_junk_with_one_error_and_no_other(provider, body, headers, data):
    sample = samples(provider.name)[0]
    source = source_for(provider.name, sample.source)
    genuine = signed(source, sample.webhook)
    spoiled = {name: data.draw(texts | st.just(value)) for name, value in genuine.headers.items()}

    with pytest.raises(VerificationError):
        source.scheme.verify(Webhook(body=body + b"!", headers=headers | spoiled), secrets_of(provider.name)[2:], NOW)


@pytest.mark.parametrize("challenge", ["<script>alert(1)</script>", "a b", "a\r\nX: y", "a" * 101, "ä"])
def test_a_challenge_repeats_nothing_but_a_code(challenge: str) -> None:
    webhook = Webhook(method="GET", query={"challenge": challenge})

    assert providers()["adobecommerce"].handshake(webhook, ()) is None

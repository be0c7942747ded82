"""No provider may take long before the sender has its answer."""

import pytest

from app.providers import providers
from app.samples import Sample
from tests.bench.padding import padded
from tests.bench.providers import BYTES, milliseconds
from tests.provider_samples import SIGNED, signed, source_for

_BAR = 1.0  # milliseconds


@pytest.mark.parametrize("name", list(providers()))
def test_it_verifies_and_reads_four_kilobytes_in_less_than_a_millisecond(name: str) -> None:
    """The best of many: a machine that is busy makes some of them slow, and none of them quicker than it is."""
    best = {}
    for sample in [one for provider, one in SIGNED if provider == name]:
        source = source_for(name, sample.source)
        webhook = signed(source, padded(sample.webhook, BYTES))
        best[sample.name] = min(milliseconds(source, webhook))

    assert {sample: spent for sample, spent in best.items() if spent >= _BAR} == {}


@pytest.mark.parametrize(("name", "sample"), SIGNED, ids=[f"{name}-{sample.name}" for name, sample in SIGNED])
def test_a_padded_sample_is_as_large_as_it_should_be_and_of_the_same_kind(name: str, sample: Sample) -> None:
    webhook = padded(sample.webhook, BYTES)

    assert BYTES - 300 < len(webhook.body) <= max(BYTES, len(sample.webhook.body))
    assert type(webhook.payload) is type(sample.webhook.payload)
    assert [part.payload for part in providers()[name].parts(webhook)]

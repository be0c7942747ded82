"""No provider may take long before the sender has its answer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.providers import providers
from app.samples import Sample
from tests.bench.padding import padded
from tests.bench.providers import BYTES
from tests.provider_samples import SIGNED

_BAR = 1.0  # milliseconds
ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_each_provider_verifies_and_reads_four_kilobytes_in_less_than_a_millisecond() -> None:
    """In a process of its own, which nothing traces; the least processor time of many tries."""
    command = [sys.executable, "-m", "tests.bench.providers"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)

    best = json.loads(ran.stdout)

    assert best.keys() == providers().keys()
    assert {name: spent for name, spent in best.items() if spent >= _BAR} == {}


@pytest.mark.parametrize(("name", "sample"), SIGNED, ids=[f"{name}-{sample.name}" for name, sample in SIGNED])
def test_a_padded_sample_is_as_large_as_it_should_be_and_of_the_same_kind(name: str, sample: Sample) -> None:
    webhook = padded(sample.webhook, BYTES)

    assert BYTES - 300 < len(webhook.body) <= max(BYTES, len(sample.webhook.body))
    assert type(webhook.payload) is type(sample.webhook.payload)
    assert [part.payload for part in providers()[name].parts(webhook)]

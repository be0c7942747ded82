"""Samples: a webhook as a source's sender would sign it, taken in like any other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from app.bridge import Bridge, Receipt
from app.config.model import Source
from app.errors import UsageError
from app.samples import Sample, samples
from app.webhook import Reply, Webhook


def samples_of(source: Source) -> Sequence[Sample]:
    """Return the samples that can be sent to a source."""
    # a handshake is no event: it may need what only the sender's own setup makes
    return [sample for sample in samples(source.provider.name) if sample.webhook.method == "POST"]


def send(bridge: Bridge, source: Source, name: str, url: str) -> Reply | list[Receipt]:
    """Sign a sample as the sender would, and take it in like any other webhook.

    Raises `UsageError` if there is no such sample, or nobody can sign it here, and whatever `Bridge.receive` raises.
    """
    sample = next((each for each in samples_of(source) if each.name == name), None)
    if sample is None:
        raise UsageError(f"{source.provider.title} has no sample {name!r}")
    webhook = sample.renewed()
    webhook = replace(webhook, url=f"{url}?{urlencode(dict(webhook.query))}" if webhook.query else url)
    return bridge.receive(source.name, _signed(source, webhook, bridge.now()))


def _signed(source: Source, webhook: Webhook, now: datetime) -> Webhook:
    if source.scheme is None or not source.secrets:
        return webhook
    return source.scheme.sign(webhook, source.secrets[0], now)

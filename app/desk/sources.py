"""Sources: what to set up at the sender, what came last, and a sample to try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from app.bridge import Bridge, Receipt
from app.config.model import Config, Source
from app.errors import UsageError
from app.samples import Sample, samples
from app.store import PauseKind, Store
from app.store.refusals import Refusal
from app.webhook import Reply, Webhook


@dataclass(frozen=True)
class SourceView:
    """One source: ``url`` is what to paste at the sender; ``last`` is its newest event, as plain data."""

    source: Source
    url: str
    last: Mapping[str, Any] | None
    refusal: Refusal | None
    paused: datetime | None


def view(config: Config, store: Store, name: str, here: str) -> SourceView:
    """Return what there is to say of a configured source; ``here`` is where the bridge is, if nothing else says so."""
    refused = store.refusals.newest(name, most=1)
    paused = {pause.name: pause.since for pause in store.pauses.all() if pause.kind is PauseKind.SOURCE}
    return SourceView(
        config.sources[name], address(config, name, here), store.browsing.last_of(name),
        refused[0] if refused else None, paused.get(name),
    )  # fmt: skip


def address(config: Config, name: str, here: str) -> str:
    """Return the address of a source as its sender needs it."""
    return f"{(config.server.public_url or here).rstrip('/')}/hooks/{name}"


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

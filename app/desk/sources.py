"""Sources: what to set up at the sender, what came last, and what was refused last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.config.model import Config, Source
from app.store import PauseKind, Refusal, Store


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
    return SourceView(
        config.sources[name], address(config, name, here), store.browsing.last_of(name),
        refused[0] if refused else None, _paused(store).get(name),
    )  # fmt: skip


def views(config: Config, store: Store, here: str) -> list[SourceView]:
    """Return what there is to say of every source, in the order of the configuration."""
    last, paused = store.browsing.last_of_each(config.sources), _paused(store)
    refused = store.refusals.last_of_each()
    return [
        SourceView(source, address(config, name, here), last.get(name), refused.get(name), paused.get(name))
        for name, source in config.sources.items()
    ]


def address(config: Config, name: str, here: str) -> str:
    """Return the address of a source as its sender needs it."""
    return f"{(config.server.public_url or here).rstrip('/')}/hooks/{name}"


def _paused(store: Store) -> dict[str, datetime]:
    return {pause.name: pause.since for pause in store.pauses.all() if pause.kind is PauseKind.SOURCE}

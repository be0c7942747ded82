"""What is configured: whoever names something that is not is told the nearest name."""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.errors import UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.store import PauseKind, Store


def nearest(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean x?", or which names there are."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if known else "; there are none"


def insist_on_source(config: "Config", store: "Store", name: str | None) -> None:
    """Raise `UsageError`, with the nearest name, for a source that is neither configured nor has any event."""
    if name is not None and name not in config.sources and not store.log.has_source(name):
        raise UsageError(f"there is no source {name!r}{nearest(name, config.sources)}")


def insist_on_org(config: "Config", name: str | None) -> None:
    """Raise `UsageError`, with the nearest name, for an org that is not configured."""
    if name is not None and name not in config.orgs:
        raise UsageError(f"there is no org {name!r}{nearest(name, config.orgs)}")


def chosen_orgs(config: "Config", org: str | None) -> tuple[str, ...]:
    """Return the org that was named, or all. Raises `UsageError` for one that is not configured."""
    insist_on_org(config, org)
    return tuple(config.orgs) if org is None else (org,)


def insist_on_pausable(config: "Config", store: "Store", kind: "PauseKind", name: str) -> None:
    """Raise `UsageError` for what cannot be paused: neither an org that is configured nor a source that is known."""
    if kind == "source":
        insist_on_source(config, store, name)
    elif name not in config.orgs and name in config.sources:
        raise UsageError(f"there is no org {name!r}; that is a source")
    else:
        insist_on_org(config, name)

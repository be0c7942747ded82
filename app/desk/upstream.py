"""The upstream as each org sees it: up, or what is wrong."""

from dataclasses import dataclass
from datetime import datetime

from app.config.model import Config
from app.store import EVERYBODY, Hold, PauseKind, Store

_WORDS = {
    Hold.DOWN: "does not answer, or answers with errors",
    Hold.KEY_REFUSED: "refuses the API key",
    Hold.LIMITED: "said that everybody shall wait",
}


@dataclass(frozen=True)
class Upstream:
    """One org: ``state`` is up, slow, limited, down or key refused; ``paused``: since when, if it is."""

    org: str
    state: str
    words: str
    since: datetime | None = None
    probe_at: datetime | None = None
    paused: datetime | None = None


def upstreams(config: Config, store: Store, now: datetime) -> list[Upstream]:  # noqa: ARG001 -- of who measures, too
    """Return the state of each org, in the order of the configuration."""
    held = store.orgs.held()
    paused = {pause.name: pause.since for pause in store.pauses.all() if pause.kind is PauseKind.ORG}
    found = []
    for org in config.orgs:
        if state := held.get(org) or held.get(EVERYBODY):
            words = f"{_WORDS[state.hold]} ({state.reason})"
            found.append(Upstream(org, state.hold.value, words, state.since, state.probe_at, paused.get(org)))
        else:
            found.append(Upstream(org, "up", "answers", paused=paused.get(org)))
    return found

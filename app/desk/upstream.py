"""The upstream as each org sees it: up, or what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from app.config.model import Config
from app.store import EVERYBODY, Hold, PauseKind, Store

UP, SLOW = "up", "slow"
_WORDS = {
    Hold.DOWN: "does not answer, or answers with errors",
    Hold.KEY_REFUSED: "refuses the API key",
    Hold.LIMITED: "said that everybody shall wait",
}
_LATELY, _FEWEST, _SLOW_MS = timedelta(minutes=15), 5, 3_000


@dataclass(frozen=True)
class Upstream:
    """One org: ``state`` is up, slow, limited, down or key refused; ``words`` say more; ``paused`` is since when."""

    org: str
    state: str
    words: str
    since: datetime | None = None
    probe_at: datetime | None = None
    paused: datetime | None = None


def upstreams(config: Config, store: Store, now: datetime) -> list[Upstream]:
    """Return the state of each org, in the order of the configuration."""
    held = store.orgs.held()
    paused = {pause.name: pause.since for pause in store.pauses.all() if pause.kind is PauseKind.ORG}
    took = store.browsing.durations(now - _LATELY)
    found = []
    for org in config.orgs:
        if state := held.get(org) or held.get(EVERYBODY):
            words = f"{_WORDS[state.hold]} ({state.reason})"
            found.append(Upstream(org, state.hold.value, words, state.since, state.probe_at, paused.get(org)))
        else:
            found.append(Upstream(org, *_pace(took.get(org, ())), paused=paused.get(org)))
    return found


def _pace(took: Sequence[int]) -> tuple[str, str]:
    """Judge by how long the last deliveries took (ms)."""
    if len(took) < _FEWEST:
        return UP, "nothing is known against it"
    usual = median(took)
    words = f"a delivery takes {f'{usual / 1000:.1f} s' if usual >= 1_000 else f'{usual:.0f} ms'}"
    return (SLOW if usual >= _SLOW_MS else UP), words

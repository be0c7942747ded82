"""What an operator does: replay, ignore, pause, resume, erase. Each is noted, with who and when."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from app.bridge import Bridge
from app.errors import PersonBusyError
from app.store import Batch, Dismissal, Filter, PauseKind, Receipt, Whom
from app.store.many_events import extent

AT_ONCE = 500
_TRIES, _WAIT_SECONDS = 10, 1.0


@dataclass(frozen=True)
class Progress:
    """How far a replay of many got: ``after`` and ``last`` are row numbers, the others count events."""

    total: int
    last: int
    after: int = 0
    seen: int = 0
    done: int = 0
    left_alone: int = 0

    @property
    def over(self) -> bool:
        return self.after >= self.last


def begin(bridge: Bridge, which: Filter) -> Progress:
    """Return what there is to do: nothing is done yet."""
    return Progress(*extent(bridge.store.database, which))


def replay(bridge: Bridge, which: Filter, who: str) -> Batch | None:
    """Replay what is selected, 500 events at most; None if there is none."""
    batch = next(bridge.store.replays.batches(which, bridge.now()), None)
    return _told(bridge, batch, who, "replay", _selected(which))


def replay_on(bridge: Bridge, which: Filter, progress: Progress, who: str) -> Progress:
    """Replay the next 500 events at most; return how far it got."""
    between = (progress.after, progress.last)
    batch = next(bridge.store.replays.batches(which, bridge.now(), AT_ONCE, between), None)
    if progress.seen == 0 and batch:
        bridge.store.actions.note(who, "replay", {**_selected(which), "events": progress.total}, bridge.now())
    if batch is None:
        return Progress(**{**asdict(progress), "after": progress.last})
    bridge.store.bell.ring()
    done = len(batch.changed)
    return Progress(
        progress.total, progress.last, batch.row, progress.seen + batch.seen, progress.done + done,
        progress.left_alone + batch.seen - done,
    )  # fmt: skip


def ignore(bridge: Bridge, which: Filter, who: str, words: str) -> Batch | None:
    """Ignore what is selected, 500 events at most; None if there is none."""
    dismissal = Dismissal(who, bridge.now(), " ".join(words.split()))
    batch = next(bridge.store.dismissals.batches(which, dismissal), None)
    return _told(bridge, batch, who, "ignore", _selected(which))


def _told(bridge: Bridge, batch: Batch | None, who: str, what: str, details: dict[str, Any]) -> Batch | None:
    if batch and batch.changed:
        bridge.store.actions.note(who, what, details, bridge.now())
        bridge.store.bell.ring()
    return batch


def pause(bridge: Bridge, kind: PauseKind, name: str, who: str) -> bool:
    """Hold an org or a source; False if it was held before."""
    new = bridge.store.pauses.pause(kind, name, bridge.now())
    if new:
        bridge.store.actions.note(who, "pause", {kind.value: name}, bridge.now())
    return new


def resume(bridge: Bridge, kind: PauseKind, name: str, who: str) -> bool:
    """Let an org or a source go on; False if it was not held."""
    was = bridge.store.pauses.resume(kind, name)
    bridge.store.bell.ring()
    if was:
        bridge.store.actions.note(who, "resume", {kind.value: name}, bridge.now())
    return was


def erase(bridge: Bridge, whom: Whom, who: str, progress: Callable[[int], None]) -> Receipt:
    """Forget somebody everywhere. Raises `PersonBusyError` after some seconds, and `KeyMissingError`."""
    receipt = _when_quiet(lambda: bridge.store.erasure.erase(whom, bridge.now(), progress))
    bridge.store.actions.note(who, "erase", {"receipt": receipt.id}, bridge.now())
    return receipt


def _when_quiet(work: Callable[[], Receipt]) -> Receipt:
    for _ in range(_TRIES):
        try:
            return work()
        except PersonBusyError:
            time.sleep(_WAIT_SECONDS)
    return work()


def _selected(which: Filter) -> dict[str, Any]:
    """The conditions of a selection, without what a person is called."""
    return dict(_conditions(which))


def _conditions(which: Filter) -> Iterator[tuple[str, Any]]:
    for name in ("status", "source", "event_type", "person_id"):
        if (value := getattr(which, name)) is not None:
            yield name, str(value)
    for name in ("since", "until"):
        if moment := getattr(which, name):
            yield name, moment.isoformat()
    if which.event_ids:
        yield "event_ids", list(which.event_ids)

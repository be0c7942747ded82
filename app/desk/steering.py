"""What an operator does: replay, ignore, pause, resume, erase. Each is written down, with who and when.

``who`` is "ada (console)", "api (admin)" or "cli: ada".
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.bridge import Bridge
from app.desk.known import insist_on_pausable
from app.errors import PersonBusyError, UsageError
from app.store import Batch, Dismissal, Filter, PauseKind, Receipt, Whom
from app.store.many_events import AT_ONCE, extent
from app.webhook import EventStatus, loggable

_TRIES, _WAIT_SECONDS = 10, 1.0
_DONE = (EventStatus.DELIVERED, EventStatus.IGNORED)


@dataclass(frozen=True)
class Progress:
    """How far a change of many events got: ``after`` and ``last`` are row numbers, the others count events.

    ``action`` is the number under which it is written down.
    """

    total: int
    last: int
    after: int = 0
    seen: int = 0
    done: int = 0
    left_alone: int = 0
    action: int = 0

    @property
    def over(self) -> bool:
        return self.after >= self.last


def begin(bridge: Bridge, which: Filter) -> Progress:
    """Return what there is to do; nothing is done yet. Raises `UsageError` if nothing was selected at all."""
    insist_on_a_selection(which)
    return Progress(*extent(bridge.store.database, which))


def insist_on_a_selection(which: Filter) -> None:
    """Raises `UsageError` if nothing was selected: whoever forgot to say which did not mean all."""
    if not which.conditions():
        raise UsageError("name the events, or select some: by status, source, type, person, since or until")


def replays(bridge: Bridge, which: Filter, who: str) -> Iterator[Batch]:
    """Put events back to where mapping begins, batch by batch, and have each seen to at once."""
    return _Journal(bridge, who, "replay", which).follow(bridge.store.replays.batches(which, bridge.now()))


def replay_on(bridge: Bridge, which: Filter, progress: Progress, who: str, at_once: int = AT_ONCE) -> Progress:
    """Replay the next events of a selection, ``at_once`` at most; return how far it got."""
    batches = bridge.store.replays.batches(which, bridge.now(), at_once, (progress.after, progress.last))
    return _Journal(bridge, who, "replay", which, progress.action).step(batches, progress, at_once)


def ignores(bridge: Bridge, which: Filter, who: str, reason: str = "") -> Iterator[Batch]:
    """Mark events as done, batch by batch; see `to_ignore`."""
    batches = bridge.store.dismissals.batches(which, _dismissal(bridge, who, reason))
    return _Journal(bridge, who, "ignore", which).follow(batches)


def ignore_on(
    bridge: Bridge, which: Filter, progress: Progress, who: str, reason: str = "", *, at_once: int = AT_ONCE
) -> Progress:
    """Ignore the next events of a selection, ``at_once`` at most; return how far it got."""
    between, dismissal = (progress.after, progress.last), _dismissal(bridge, who, reason)
    batches = bridge.store.dismissals.batches(which, dismissal, at_once, between)
    return _Journal(bridge, who, "ignore", which, progress.action).step(batches, progress, at_once)


def _dismissal(bridge: Bridge, who: str, reason: str) -> Dismissal:
    return Dismissal(who.removeprefix("cli: "), bridge.now(), " ".join(reason.split()))


def to_ignore(which: Filter) -> Filter:
    """Return what is to be ignored of a selection: what failed, unless it says otherwise. Raises `UsageError`."""
    insist_on_a_selection(which)
    if which.status in _DONE:
        raise UsageError(f"what is {which.status} is done already; failed, pending and received can be ignored")
    return which if which.event_ids or which.status else replace(which, status=EventStatus.FAILED)


def pause(bridge: Bridge, kind: PauseKind, name: str, who: str) -> bool:
    """Hold an org or a source; False if it was held before. Raises `UsageError` for what is not known."""
    insist_on_pausable(bridge.config, bridge.store, kind, name)
    new = bridge.store.pauses.pause(kind, name, bridge.now())
    if new:
        bridge.store.actions.note(who, "pause", {kind.value: name}, bridge.now())
    return new


def resume(bridge: Bridge, kind: PauseKind, name: str, who: str) -> bool:
    """Let an org or a source go on; False if it was not held. Raises `UsageError` for what is not known."""
    if (kind, name) not in [(each.kind, each.name) for each in bridge.store.pauses.all()]:
        insist_on_pausable(bridge.config, bridge.store, kind, name)  # what is held may be configured no more
    was = bridge.store.pauses.resume(kind, name)
    bridge.store.bell.ring()
    if was:
        bridge.store.actions.note(who, "resume", {kind.value: name}, bridge.now())
    return was


def erase(
    bridge: Bridge, whom: Whom, who: str, progress: Callable[[int], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Receipt:  # fmt: skip
    """Forget somebody everywhere. Raises `PersonBusyError` after some seconds, and `KeyMissingError`."""
    receipt = when_quiet(lambda: bridge.store.erasure.erase(whom, bridge.now(), progress), sleep)
    bridge.store.actions.note(who, "erase", {"receipt": receipt.id}, bridge.now())
    return receipt


def when_quiet(work: Callable[[], Receipt], sleep: Callable[[float], None]) -> Receipt:
    """Do it as soon as nothing of the person is being delivered. Raises `PersonBusyError` after some seconds."""
    for _ in range(_TRIES):
        try:
            return work()
        except PersonBusyError:
            sleep(_WAIT_SECONDS)
    return work()


@dataclass
class _Journal:
    """Writes down who does what to which events, once for all batches of it."""

    bridge: Bridge
    who: str
    what: str
    which: Filter
    number: int = 0

    def follow(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            self._note(batch)
            yield batch

    def step(self, batches: Iterator[Batch], progress: Progress, at_once: int) -> Progress:
        """Take one batch; return how far it got."""
        batch = next(batches, None)
        if batch is None:
            return replace(progress, after=progress.last)
        self._note(batch)
        done, seen = len(batch.changed), progress.seen + batch.seen
        return replace(
            progress,
            after=batch.row if batch.seen == at_once else progress.last,
            seen=seen,
            done=progress.done + done,
            left_alone=progress.left_alone + batch.seen - done,
            action=self.number,
        )

    def _note(self, batch: Batch) -> None:
        counts = {"events": len(batch.changed), "left_alone": batch.seen - len(batch.changed)}
        actions, said = self.bridge.store.actions, {**selection(self.which), **counts}
        if self.number:
            actions.go_on(self.number, self.who, self.what, counts)
        else:
            self.number = actions.note(self.who, self.what, said, self.bridge.now())
        self.bridge.store.bell.ring()


def selection(which: Filter) -> Mapping[str, Any]:
    """Return the conditions of a selection as plain data, without what a person is called."""
    said: dict[str, Any] = {
        "status": which.status, "source": which.source, "type": which.event_type and loggable(which.event_type),
        "since": which.since and which.since.isoformat(), "until": which.until and which.until.isoformat(),
        "event_ids": [loggable(each) for each in which.event_ids], "person_id": which.person_id,
        "person": "one" if which.person or which.search else None,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in (None, [])}

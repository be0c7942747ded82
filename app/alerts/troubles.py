"""What is wrong with a bridge at a moment."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from app.config.model import Config
from app.errors import Cause
from app.store import Hold, Store, Trouble
from app.store.symptoms import Failure
from app.store.unreadable import REASON
from app.webhook import loggable

FAILED, KEY_REFUSED, DOWN = "failed", "key refused", "upstream down"
WAITING, QUIET, REFUSALS = "waiting", "quiet", "refusals"
_RECENTLY = timedelta(days=1)  # in which webhooks are refused in a row
_GENUINE = tuple(cause.value for cause in Cause)
# How reasons of our own begin, which quote nobody; whatever else an event failed for is the upstream's words.
_REASONS = (
    "neither e-mail nor phone",
    "names nobody",
    "the payload cannot be read",
    "an error in the bridge itself",
    "the source",
)


def troubles(config: Config, store: Store, now: datetime) -> list[Trouble]:
    """Return what is wrong now; the words quote nobody. Raises `StoreUnavailableError`."""
    found = [_failed, _held, _waiting, _quiet, _refused]
    return [trouble for look in found for trouble in look(config, store, now)]


def _failed(_: Config, store: Store, now: datetime) -> Iterator[Trouble]:
    count, newest = store.symptoms.failures()
    if count:
        events = f"{count:,} events" if count > 1 else "1 event"
        yield Trouble(FAILED, "", now, f"{events} failed; the newest: {_kinds(newest)}", count)


def _kinds(newest: Iterable[Failure]) -> str:
    counted = Counter(f"{failure.source} ({_kind(failure)})" for failure in newest)
    return ", ".join(f"{count} of {kind}" for kind, count in counted.most_common(3))


def _kind(failure: Failure) -> str:
    reason = failure.reason or ""
    if reason == REASON:
        return "an encryption key is missing"
    own = next((kind for kind in _REASONS if reason.startswith(kind)), None)
    if own == "the source":
        return "the source is not configured any more"
    return own or ("refused by the upstream" if failure.attempts else "could not be mapped")


def _held(config: Config, store: Store, now: datetime) -> Iterator[Trouble]:
    long_ago = now - timedelta(minutes=config.alerts.upstream_down_minutes)
    for org, state in store.orgs.held().items():
        if org not in config.orgs:
            continue
        if state.hold is Hold.KEY_REFUSED:
            yield Trouble(KEY_REFUSED, org, state.since, f"the API key of {org} is refused")
        elif state.hold is Hold.DOWN and state.since <= long_ago:
            yield Trouble(DOWN, org, state.since, f"the upstream of {org} is down")


def _waiting(config: Config, store: Store, now: datetime) -> Iterator[Trouble]:
    minutes = config.alerts.waiting_minutes
    if oldest := store.symptoms.waits(now - timedelta(minutes=minutes)):
        which = f"the oldest is {loggable(oldest.event_id)} of {oldest.source}"
        yield Trouble(WAITING, "", oldest.since, f"events have waited for more than {minutes} min; {which}")


def _quiet(config: Config, store: Store, now: datetime) -> Iterator[Trouble]:
    for source in config.sources:
        if since := store.hours.quiet(source, now):
            yield Trouble(QUIET, source, since, f"nothing comes from {source}, for longer than in the 28 days before")


def _refused(config: Config, store: Store, now: datetime) -> Iterator[Trouble]:
    count = config.alerts.refusals_in_a_row
    for source in config.sources:
        if found := store.symptoms.refused(source, count, _GENUINE, now - _RECENTLY):
            words = f"{count} webhooks or more in a row to {source} were refused: {found.cause}"
            yield Trouble(REFUSALS, source, found.since, words)

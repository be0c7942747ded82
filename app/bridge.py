"""The service, between what comes in and what goes out: ``receive`` webhooks, ``map`` events, ``deliver`` contacts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.config.model import Config, ConsentMode, Source
from app.conversation import Conversation
from app.delivering import Delivering
from app.errors import NoContactError, UnknownSourceError, VerificationError
from app.fetching import fetch
from app.mapping import Mapped, ignored_by_type, map_event
from app.outcomes import settle
from app.share import Share
from app.signatures import diagnose
from app.store import Arrival, Attempt, Claim, Errand, Fetched, Settlement, Store
from app.upstream import Upstream
from app.webhook import Event, EventStatus, Reply, Webhook

Clock = Callable[[], datetime]

_DIAGNOSING, _SAVED_SECONDS = 0.05, 1.0  # of a process's time: whoever forges webhooks must not slow genuine ones down
_NOT_EXAMINED = "too many webhooks are refused to look into this one"


@dataclass(frozen=True)
class Receipt:
    """What became of one event of a webhook: ``accepted``, ``duplicate`` or ``ignored``."""

    event: Event
    status: str
    reason: str | None = None


class Bridge:
    """The service. It holds no state of its own: everything is in the store."""

    def __init__(self, config: Config, store: Store, now: Clock) -> None:
        self.config, self.store, self.now = config, store, now
        self._diagnosing = Share(_DIAGNOSING, _SAVED_SECONDS)

    def receive(self, name: str, webhook: Webhook) -> Reply | list[Receipt]:
        """Verify a webhook and keep its events; return once they are on disk.

        Raises `UnknownSourceError`, `VerificationError`, `PayloadError`, `UnsupportedMediaError`,
        `NoContactError` (strict relays) or `StoreUnavailableError`. Nothing is written before the
        signature is verified.
        """
        source = self.source(name)
        if reply := source.provider.handshake(webhook, source.secrets):
            return reply
        now = self.now()
        if source.scheme is not None:
            self._verify(source, webhook, now)
        events = source.provider.read(source, webhook, now)
        if source.strict:
            _insist_on_contacts(source, events)
        firsts = [first_status(source, event) for event in events]
        arrival = Arrival(now, [(event, *first) for event, first in zip(events, firsts, strict=True)])
        news = self._keep(arrival) if events else []
        if any(new and status is EventStatus.RECEIVED for new, (status, _) in zip(news, firsts, strict=True)):
            self.store.bell.ring()
        return [_receipt(*kept) for kept in zip(events, firsts, news, strict=True)]

    def _keep(self, arrival: Arrival) -> list[bool]:
        if not self.store.migrated:  # the database may have been away until now
            self.store.migrate()
        return self.store.inbox.add(arrival)

    def source(self, name: str) -> Source:
        """Return a source of the file, which is what can be posted to. Raises `UnknownSourceError`."""
        try:
            return self.config.sources[name]
        except KeyError:
            raise UnknownSourceError(name) from None

    def _verify(self, source: Source, webhook: Webhook, now: datetime) -> None:
        assert source.scheme is not None
        try:
            source.scheme.verify(webhook, source.secrets, now)
        except VerificationError as error:
            refusal = error
            found = self._diagnosing.spend(lambda: self._diagnose(source, webhook, refusal, now))
            raise found or VerificationError(error.cause, error.hint or _NOT_EXAMINED) from None

    def _diagnose(
        self, source: Source, webhook: Webhook, refusal: VerificationError, now: datetime
    ) -> VerificationError:
        assert source.scheme is not None
        others = {
            other.name: (other.scheme, other.secrets)
            for other in self.config.sources.values()
            if other.scheme and other.name != source.name
        }
        return diagnose(
            source.scheme, webhook, source.secrets, refusal,
            retired=source.retired_secrets, others=others, now=now,
        )  # fmt: skip

    def map(self, event: Event) -> tuple[str, Mapped]:
        """Return an event's org and what it becomes under today's configuration."""
        source = self.config.source(event.source)
        if source is None:
            reason = f"the source {event.source} is not configured any more; replay the event when it is"
            return "", Mapped(status=EventStatus.FAILED, reason=reason)
        if is_thin(source, event):
            reason = f"to be fetched from {source.provider.title}"
            return source.org, Mapped(status=EventStatus.PENDING, reason=reason)
        return source.org, map_event(source, event)

    def fetch(self, errand: Errand, upstream: Upstream) -> Fetched:
        """Fetch the person of a thin event from its sender; whatever happens, return how it ended."""
        source = self.config.source(errand.event.source)
        if source is None or source.provider.fetch is None:
            reason = f"the source {errand.event.source} is not configured any more; replay the event when it is"
            return Fetched(errand, Attempt(self.now(), 0, "permanent", reason), reason=reason)
        return fetch(errand, source, upstream, self.now)

    def deliver(self, claim: Claim, upstream: Upstream) -> Settlement:
        """Bring the upstream up to date with one event; whatever happens, return how it ended."""
        org = self.config.orgs[claim.org]
        conversation = upstream.conversation(org, lambda: self.store.life.holds(claim.owner))
        return settle(self.delivering(claim, conversation), self.now)

    def delivering(self, claim: Claim, conversation: Conversation) -> Delivering:
        """Return the delivery of one event, not begun yet; what it sends, it sends by ``conversation``."""
        source = self.config.source(claim.source)
        mode = source.consent if source else ConsentMode.RESPECT
        return Delivering(claim, conversation, mode, self.now)


def is_thin(source: Source, event: Event) -> bool:
    """True if the event names its person by number only, and the sender has not been asked yet."""
    fetching = source.provider.fetch
    if fetching is None or event.fetched is not None or ignored_by_type(source, event):
        return False
    return source.provider.ignored(event) is None and fetching.url(event.outline) is not None


def first_status(source: Source, event: Event) -> tuple[EventStatus, str | None]:
    """What can be said of an event by its type alone, before it is mapped."""
    if reason := ignored_by_type(source, event):
        return EventStatus.IGNORED, reason
    return EventStatus.RECEIVED, None


def _insist_on_contacts(source: Source, events: list[Event]) -> None:
    for event in events:
        mapped = map_event(source, event)
        if mapped.status is EventStatus.FAILED:
            raise NoContactError(mapped.reason)


def _receipt(event: Event, first: tuple[EventStatus, str | None], new: bool) -> Receipt:  # noqa: FBT001 -- private
    status, reason = first
    if not new:
        return Receipt(event, "duplicate")
    return Receipt(event, "ignored" if status is EventStatus.IGNORED else "accepted", reason)

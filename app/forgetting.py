"""Events that ask for somebody, or for everybody of their source, to be forgotten."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.bridge import Bridge
from app.contact import Meaning
from app.errors import KeyMissingError, PersonBusyError
from app.store import Errand, Settlement
from app.webhook import EventStatus

log = structlog.get_logger()

_BUSY = timedelta(seconds=30)  # somebody else who is named is being delivered: let that finish
_NO_KEY = timedelta(minutes=10)  # an operator adds the key, or gives it up, which makes the event due at once


class Forgetting:
    """Carries out what such events ask for."""

    def __init__(self, bridge: Bridge, now: Callable[[], datetime]) -> None:
        self._bridge, self._store, self._now = bridge, bridge.store, now

    def settle(self, settlement: Settlement) -> bool:
        """Settle an event and forget its person in one; False if its lease had been lost."""
        sources = self._bridge.config.every_source()
        same_org = tuple(source.name for source in sources if source.org == settlement.claim.org)
        try:
            return self._store.erasure.settle(settlement, same_org, self._now())
        except (PersonBusyError, KeyMissingError) as error:
            due = self._now() + (_BUSY if isinstance(error, PersonBusyError) else _NO_KEY)
            later = replace(settlement, status=EventStatus.PENDING, due_at=due, reason=str(error))
            return self._store.claims.settle(replace(later, burned=False, erases=False))

    def clear(self, errand: Errand) -> bool:
        """Forget everything that the source of an event sent before it, if that is what it asks for; False if not."""
        source = self._bridge.config.source(errand.event.source)
        rule = source.provider.rule(errand.event.event_type) if source else None
        if rule is None or rule.meaning is not Meaning.ERASE_SOURCE:
            return False
        try:
            done = self._store.clearing.clear(errand, self._now())
        except KeyMissingError as error:  # its lease ends, and it is tried again
            log.warning("cannot clear", source=errand.event.source, reason=str(error))
            return True
        log.info("cleared" if done else "somebody of the source is being delivered", source=errand.event.source)
        return True

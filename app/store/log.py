"""What an operator reads: events, their attempts, and counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.naming import names_in
from app.store.database import Database
from app.store.documents import event_from
from app.store.names import goes_by
from app.store.sought import ids_of, sought, sources_kept
from app.store.tables import attempts, events, identities, persons, status_is
from app.webhook import Event, EventStatus


@dataclass(frozen=True)
class Filter:
    """Which events: every condition that is set must hold. ``person`` is an e-mail, a phone number or a user id, and
    ``search`` one of these or an event id; ``person_id`` is the number of a person here.
    """

    status: EventStatus | None = None
    source: str | None = None
    person: str | None = None
    since: datetime | None = None
    event_ids: Sequence[str] = ()
    until: datetime | None = None
    event_type: str | None = None
    search: str | None = None
    person_id: int | None = None

    @property
    def few(self) -> bool:
        """True if an index leads to the events that are meant: those of a person, or named by their ids."""
        return bool(self.event_ids or self.person or self.search or self.person_id is not None)

    @property
    def spares_dismissed(self) -> bool:
        """True unless what was ignored by hand is meant expressly: by its ids, or by its status."""
        return not self.event_ids and self.status is not EventStatus.IGNORED

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        conditions: list[sa.ColumnElement[bool]] = []
        if self.status:
            conditions.append(status_is(self.status))
        if self.source:
            conditions.append(events.c.source == self.source)
        if self.event_type:
            conditions.append(events.c.event_type == self.event_type)
        if self.since:
            conditions.append(events.c.received_at >= self.since)
        if self.until:
            conditions.append(events.c.received_at <= self.until)
        return [*conditions, *self._named()]

    def _named(self) -> Iterator[sa.ColumnElement[bool]]:
        if self.event_ids:
            yield events.c.event_id.in_(ids_of(*self.event_ids))
            if not self.source:
                yield events.c.source.in_(sources_kept())
        if self.person:
            ties = sa.select(identities.c.person_id).where(goes_by(names_in(self.person)))
            yield events.c.person_id.in_(ties)
        if self.person_id is not None:
            yield events.c.person_id == self.person_id
        if self.search:
            yield sought(self.search)


_LISTED = (
    "id", "source", "event_id", "event_type", "test", "occurred_at", "received_at", "status", "reason", "org",
    "meaning", "contact", "notes", "due_at", "attempts", "settled_at", "replayed_at", "person_id",
)  # fmt: skip


def listed() -> sa.Select[Any]:
    """Select what `EventLog.events` returns of each event."""
    joined = events.outerjoin(persons, persons.c.id == events.c.person_id)
    busy = persons.c.lease_owner.is_not(None).label("busy")
    return sa.select(*events.c[*_LISTED], *persons.c["contact_id", "uncertain"], busy).select_from(joined)


_WAITING = (EventStatus.RECEIVED, EventStatus.PENDING)


class EventLog:
    """Reads what the store kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def events(self, which: Filter, most: int = 50) -> list[dict[str, Any]]:
        """Return the newest events first, as plain data. Of the person: ``contact_id`` upstream, ``busy`` (somebody
        works on an event of theirs, or they rest), ``uncertain`` (they are looked up before anything is sent)."""
        statement = listed().where(*which.conditions()).order_by(events.c.id.desc()).limit(most)
        with self._database.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 -- a Row's public mapping

    def attempts(self, source: str, event_id: str, most: int | None = None) -> list[dict[str, Any]]:
        """Return the attempts to deliver an event, oldest first: all of them, or the last ``most``."""
        columns = attempts.c["started_at", "duration_ms", "outcome", "message", "exchanges"]
        this = (events.c.source == source, events.c.event_id == event_id)
        statement = sa.select(*columns).join(events, events.c.id == attempts.c.event_row).where(*this)
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(attempts.c.id.desc()).limit(most)).all()
            return [dict(row._mapping) for row in reversed(rows)]  # noqa: SLF001 -- a Row's public mapping

    def event(self, source: str, event_id: str) -> Event | None:
        """Return one event as it was kept, with its payload."""
        statement = sa.select(events).where(events.c.source == source, events.c.event_id == event_id)
        with self._database.reading() as connection:
            row = connection.execute(statement).first()
        return event_from(row) if row else None

    def has_source(self, name: str) -> bool:
        """True if any event of a source is kept."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(events.c.id).where(events.c.source == name).limit(1))
            return found.first() is not None

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return the number of events by source and status."""
        grouped = sa.select(events.c.source, events.c.status, sa.func.count()).group_by(
            events.c.status, events.c.source
        )
        with self._database.reading() as connection:
            return {(source, status): count for source, status, count in connection.execute(grouped)}

    def stranded(self, orgs: Collection[str], sources: Collection[str]) -> Mapping[tuple[str, str], int]:
        """Return how many pending events are of none of ``orgs``, and received ones of none of ``sources``, by
        ``("org", its name)`` and ``("source", its name)``."""
        org, source, count = events.c.org, events.c.source, sa.func.count()
        pending = sa.select(sa.literal("org"), org, count).where(events.c.due_at.is_not(None), org.not_in(orgs))
        received = sa.select(sa.literal("source"), source, count).where(
            status_is(EventStatus.RECEIVED), source.not_in(sources)
        )
        with self._database.reading() as connection:
            rows = [*connection.execute(pending.group_by(org)), *connection.execute(received.group_by(source))]
        return {(what, name): number for what, name, number in rows}

    def oldest_waiting(self) -> datetime | None:
        """Return when the oldest event that is still received or pending came in."""
        came = sa.select(events.c.received_at).order_by(events.c.id).limit(1)
        with self._database.reading() as connection:  # one status at a time is one step in an index each
            found = [connection.execute(came.where(status_is(status))).scalar() for status in _WAITING]
        return min((moment for moment in found if moment), default=None)

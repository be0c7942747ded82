"""The tables. The events table is the queue too: there is no second system to get out of step."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from app.store.columns import Document, Id, Moment, SealedBytes, SealedDocument, SealedText, Words
from app.webhook import EventStatus

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


def _where(condition: str) -> dict[str, Any]:
    """A partial index, on both databases."""
    return {f"{database}_where": sa.text(condition) for database in ("postgresql", "sqlite")}


events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Words(100), nullable=False),
    Column("event_id", Words(255), nullable=False),
    Column("event_type", Words(255), nullable=False),
    Column("test", sa.Boolean, nullable=False, default=False),
    Column("occurred_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("content_type", Words, nullable=False),
    Column("body", SealedBytes),
    Column("fetched", SealedBytes),  # what the sender's API answered about a thin event
    Column("status", String(10), nullable=False),
    Column("reason", SealedText),
    Column("org", String(100)),
    Column("meaning", String(20)),
    Column("contact", SealedDocument),
    Column("notes", SealedDocument),
    Column("person_id", Id),
    Column("due_at", Moment),  # set while the event is pending, and only then
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("first_attempt_at", Moment),
    Column("settled_at", Moment),
    Column("replayed_at", Moment),
    Index("uq_events_source_event_id", "source", "event_id", unique=True),
    Index("ix_events_status", "status", "id", "source"),  # also all that is read to count events
    Index("ix_events_due", "due_at", "id", "org", **_where("due_at IS NOT NULL")),
    Index("ix_events_thin", "due_at", **_where("due_at IS NOT NULL AND person_id IS NULL")),
    Index("ix_events_person", "person_id", **_where("person_id IS NOT NULL")),
    # What retention walks: settled events that still have their payload, and those that have not.
    Index("ix_events_spent", "settled_at", **_where("settled_at IS NOT NULL AND body IS NOT NULL")),
    Index("ix_events_emptied", "settled_at", **_where("settled_at IS NOT NULL AND body IS NULL")),
)


def status_is(status: EventStatus) -> sa.ColumnElement[bool]:
    """The condition, its word in the statement itself: a planner that sees a parameter passes by partial indexes."""
    return events.c.status == sa.literal(status.value, literal_execute=True)


persons = Table(
    "persons",
    metadata,
    Column("id", Id, primary_key=True),
    Column("org", String(100), nullable=False),
    Column("contact_id", Words),
    Column("name", SealedText),
    Column("name_at", Moment),
    Column("consent", String(10)),
    Column("consent_at", Moment),
    Column("unsubscribed", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("segment_ids", Document),
    Column("uncertain", sa.Boolean, nullable=False, server_default=sa.false()),
    Column(
        "lease_owner", String(36)
    ),  # of the process that works on one of the person's events: `app.store.life.lease_of`
    Column("created_at", Moment, nullable=False),
    Index("ix_persons_lease_owner", "lease_owner", **_where("lease_owner IS NOT NULL")),
)

identities = Table(
    "identities",
    metadata,
    Column("org", String(100)),
    Column("kind", String(10)),
    Column("value", Words(255)),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sent_at", Moment),
    Column("sealed", SealedText),  # with encryption at rest ``value`` is a keyed hash, and this the value itself
    PrimaryKeyConstraint("value", "kind", "org"),  # in this order: a person is looked for by value alone, too
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_row", Id, ForeignKey("events.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", Moment, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("message", SealedText),
    Column("exchanges", SealedDocument),
)

org_states = Table(
    "org_states",
    metadata,
    Column("org", String(100), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("reason", SealedText),
    Column("since", Moment, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("probe_at", Moment),
    Column("probing", sa.Boolean, nullable=False, server_default=sa.false()),
)

rate_grants = Table(
    "rate_grants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("granted_at", Moment, nullable=False, index=True),
    Column("tokens", Integer, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", String(100), primary_key=True),
    Column("beat_at", Moment, nullable=False),
)

pauses = Table(  # what an operator holds, until it is resumed
    "pauses",
    metadata,
    Column("kind", String(10)),  # org or source
    Column("name", String(100)),
    Column("since", Moment, nullable=False),
    PrimaryKeyConstraint("kind", "name"),
)

tombstones = Table(  # identities of erased persons, hashed
    "tombstones",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("erased_at", Moment, nullable=False, index=True),
)

receipts = Table(  # of erasures; they hold no personal data
    "receipts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("erased_at", Moment, nullable=False),
    Column("what", Document, nullable=False),
)

refusals = Table(  # webhooks that were not genuine or could not be read; the newest of each source
    "refusals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Words(100), nullable=False),
    Column("refused_at", Moment, nullable=False),
    Column("cause", String(40), nullable=False),
    Column("hint", Words),
    Index(None, "source", "id"),
)

actions = Table(  # what was done by hand, by whom; it holds no personal data but the names of operators
    "actions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Words(100), nullable=False),
    Column("what", String(40), nullable=False),
    Column("details", Document, nullable=False),
)

source_hours = Table(  # how many events each source sent, hour by hour: what is usual for it
    "source_hours",
    metadata,
    Column("source", Words(100), primary_key=True),
    Column("hour", Moment, primary_key=True, index=True),
    Column("received", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)

alerts = Table(  # what is wrong, or was: each is told once when it begins, and once when it is over
    "alerts",
    metadata,
    Column("kind", String(30), primary_key=True),
    Column("subject", Words(100), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("words", Words, nullable=False),
    Column("level", Integer, nullable=False, server_default="0"),  # how much of it was told
    Column("told_at", Moment),
    Column("over_at", Moment),
)

facts = Table(  # about this database: the salt of its hashes, say
    "facts",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", Text, nullable=False),
)

"""Conditions by which few events are meant, looked up step by step.

What a database has to join, it may join the wrong way round where it knows little of its tables; what it is told, it
finds by an index.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from app.naming import names_in
from app.store.log import Filter
from app.store.names import goes_by
from app.store.sought import ids_of, sources_kept
from app.store.tables import events, identities


def found_first(connection: sa.Connection, which: Filter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a filter, with row numbers in place of what persons and events are called."""
    conditions = replace(which, person=None, search=None, event_ids=()).conditions()
    if which.person:
        conditions.append(events.c.person_id.in_(_people(connection, which.person)))
    if which.event_ids:
        conditions.append(events.c.id.in_(_rows(connection, which.event_ids)))
    if which.search:
        rows, people = _rows(connection, [which.search]), _people(connection, which.search)
        conditions.append(sa.or_(events.c.id.in_(rows), events.c.person_id.in_(people)))
    return conditions


def _people(connection: sa.Connection, text: str) -> Sequence[int]:
    named = sa.select(identities.c.person_id).where(goes_by(names_in(text)))
    return sorted(set(connection.execute(named).scalars()))


def _rows(connection: sa.Connection, event_ids: Sequence[str]) -> Sequence[int]:
    sources = list(connection.execute(sources_kept()).scalars())
    these = (events.c.source.in_(sources), events.c.event_id.in_(ids_of(*event_ids)))
    return sorted(connection.execute(sa.select(events.c.id).where(*these)).scalars())

"""What somebody looks for with one text: an event by its id, or a person's events by what the person is called."""

import sqlalchemy as sa

from app.naming import names_in
from app.store.names import goes_by
from app.store.tables import events, identities
from app.webhook import discreet


def sought(text: str) -> sa.ColumnElement[bool]:
    """The condition that an event has this id, or is of somebody who has this e-mail, phone number or user id."""
    each = events.alias("each")
    by_id = sa.select(each.c.id).where(each.c.event_id.in_(ids_of(text)), each.c.source.in_(sources_kept()))
    theirs = events.alias("theirs")
    by_name = sa.select(theirs.c.id).join(identities, identities.c.person_id == theirs.c.person_id)
    return events.c.id.in_(by_id.union(by_name.where(goes_by(names_in(text)))))


def ids_of(*texts: str) -> list[str]:
    """Return the ids by which events may be kept that are called like this."""
    return list(dict.fromkeys([*texts, *map(discreet, texts)]))


def sources_kept() -> sa.Select[tuple[str]]:
    """Every source that has an event: with it, the index of sources and event ids is walked for an id alone.

    Each name is one step in that index, from the one before.
    """
    known = sa.select(sa.func.min(events.c.source).label("source")).cte("known", recursive=True)
    later = events.alias("later")
    after = sa.select(sa.func.min(later.c.source)).where(later.c.source > known.c.source).scalar_subquery()
    known = known.union_all(sa.select(after).select_from(known).where(known.c.source.is_not(None)))
    return sa.select(known.c.source).where(known.c.source.is_not(None))

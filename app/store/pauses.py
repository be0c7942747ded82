"""What an operator holds until it is resumed: an org's or a source's events are kept and mapped, and go no further."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from app.store.database import Database
from app.store.inbox import insert_into
from app.store.tables import events, pauses


class PauseKind(StrEnum):
    """What can be paused."""

    ORG = "org"
    SOURCE = "source"


@dataclass(frozen=True)
class Pause:
    """One org or source that is paused."""

    kind: PauseKind
    name: str
    since: datetime


class Pauses:
    """What is paused, for all processes and over restarts. Whatever is under way already ends as it would have."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pause(self, kind: PauseKind, name: str, now: datetime) -> bool:
        """Hold an org or a source; False if it was held before, whose time then stays."""
        insert = insert_into(self._database.engine.dialect, pauses).values(kind=kind.value, name=name, since=now)
        with self._database.writing() as connection:
            return connection.execute(insert.on_conflict_do_nothing().returning(pauses.c.name)).first() is not None

    def resume(self, kind: PauseKind, name: str) -> bool:
        """Let its events go on, in the order in which they came; False if it was not held."""
        this = (pauses.c.kind == kind.value, pauses.c.name == name)
        with self._database.writing() as connection:
            return connection.execute(pauses.delete().where(*this)).rowcount == 1

    def all(self) -> list[Pause]:
        """Return everything that is paused, by kind and name."""
        with self._database.asking() as connection:
            rows = connection.execute(sa.select(pauses).order_by(pauses.c.kind, pauses.c.name)).all()
        return [Pause(PauseKind(row.kind), row.name, row.since) for row in rows]

    def heed(self, orgs: Iterable[str]) -> tuple[list[str], frozenset[str]]:
        """Return which of ``orgs`` are not paused, and the sources that are."""
        held: dict[PauseKind, set[str]] = {kind: set() for kind in PauseKind}
        for pause in self.all():
            held[pause.kind].add(pause.name)
        return [org for org in orgs if org not in held[PauseKind.ORG]], frozenset(held[PauseKind.SOURCE])


def none_of(sources: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """The condition that an event is of none of ``sources``; without any, statements stay as they are."""
    return [events.c.source.not_in(sources)] if sources else []

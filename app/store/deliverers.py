"""Which delivery processes live, since when, by which configuration each maps, and which keys it has."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from app.store.database import Database
from app.store.inbox import insert_into
from app.store.life import Life
from app.store.tables import facts

_DELIVERER = "deliverer "  # and the id under which it takes leases


@dataclass(frozen=True)
class Deliverer:
    """One delivery process: when it began, the fingerprint of its mapping under a salt (hexadecimal), and the marks of
    the keys that it has."""

    since: datetime
    salt: str
    fingerprint: str
    marks: tuple[str, ...] = ()


class Deliverers:
    """What each delivery process says of itself. ``life`` tells the living from the dead; it is this process's."""

    def __init__(self, database: Database, life: Life) -> None:
        self._database, self._life = database, life

    def enter(self, owner: str, deliverer: Deliverer) -> None:
        """Say that this process delivers, under the id of its life; what dead ones said goes."""
        value = json.dumps({**asdict(deliverer), "since": deliverer.since.isoformat()})
        insert = insert_into(self._database.engine.dialect, facts).values(name=_DELIVERER + owner, value=value)
        dead = [_DELIVERER + each for each in self._said() if not self._life.alive(each)]
        with self._database.writing() as connection:
            connection.execute(facts.delete().where(facts.c.name.in_(dead)))
            connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    def leave(self, owner: str) -> None:
        """Say that this process takes nothing new."""
        with self._database.writing() as connection:
            connection.execute(facts.delete().where(facts.c.name == _DELIVERER + owner))

    def all(self) -> list[Deliverer]:
        """Return those that live, the oldest first."""
        found = (_read(value) for owner, value in self._said().items() if self._life.alive(owner))
        return sorted(found, key=lambda each: each.since)

    def _said(self) -> dict[str, str]:
        said = sa.select(facts).where(facts.c.name.startswith(_DELIVERER))
        with self._database.reading() as connection:
            return {row.name.removeprefix(_DELIVERER): row.value for row in connection.execute(said)}


def _read(value: str) -> Deliverer:
    said = json.loads(value)
    since, marks = datetime.fromisoformat(said["since"]), tuple(said.get("marks", ()))
    return Deliverer(since, said["salt"], said["fingerprint"], marks)

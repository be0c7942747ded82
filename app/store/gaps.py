"""What a database may not know: people delivered after the backup it came from, or named by a key that is not there.

While there is such a gap, whoever seems new begins uncertain: they are looked up before anything is created.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from app.errors import KeyMissingError
from app.store.columns import seal_of
from app.store.database import Database, Lock, one_at_a_time
from app.store.seal import Seal
from app.store.tables import facts, persons
from app.store.unreadable import advice

_RESTORED, _NAMED_BY = "restored", "named by "


def strangers_are_uncertain(connection: sa.Connection, seal: Seal) -> bool:
    """Whether somebody whom this database does not find may have a contact all the same.

    The caller holds `Lock.TIES`. The key that names people from now on is written down.
    """
    either = sa.or_(facts.c.name == _RESTORED, facts.c.name.startswith(_NAMED_BY))
    found = set(connection.execute(sa.select(facts.c.name).where(either)).scalars())
    known = {name.removeprefix(_NAMED_BY) for name in found - {_RESTORED}}
    _name_by_first_key(connection, seal, known)
    return bool(known.difference(seal.marks)) or _RESTORED in found


def name_by_first_key(connection: sa.Connection, seal: Seal) -> None:
    """Write down that people are named by the first key from now on, if there is one, before anybody is: a process that
    does not have it sees by this that it may not know them.

    The caller holds `Lock.TIES`.
    """
    _name_by_first_key(connection, seal, named_people(connection))


def _name_by_first_key(connection: sa.Connection, seal: Seal, known: Collection[str]) -> None:
    if seal.on and seal.marks[0] not in known:
        connection.execute(facts.insert().values(name=_NAMED_BY + seal.marks[0], value=""))


def insist_on_every_key(connection: sa.Connection) -> None:
    """Raise `KeyMissingError` if people may be named by a key that is not configured."""
    if missing := named_people(connection).difference(seal_of(connection.dialect).marks):
        raise KeyMissingError(advice(missing))


def named_people(connection: sa.Connection) -> set[str]:
    """Return the marks of the keys that people may be named by."""
    named = connection.execute(sa.select(facts.c.name).where(facts.c.name.startswith(_NAMED_BY))).scalars()
    return {name.removeprefix(_NAMED_BY) for name in named}


def only_named_by_first_key(connection: sa.Connection, seal: Seal) -> None:
    """Forget other keys: nobody is named by them any more. The caller holds `Lock.TIES`."""
    others = (facts.c.name.startswith(_NAMED_BY), facts.c.name != _NAMED_BY + seal.marks[0])
    connection.execute(facts.delete().where(*others))


def forget_key(connection: sa.Connection, mark: str, now: datetime) -> None:
    """Nobody is named by a key any more, because it was given up: whom it named may be a stranger now.

    So this is like a database that was restored, until an operator says otherwise. The caller holds `Lock.TIES`.
    """
    named = facts.delete().where(facts.c.name == _NAMED_BY + mark)
    known = connection.execute(sa.select(facts.c.name).where(facts.c.name == _RESTORED)).first()
    if connection.execute(named).rowcount and not known:
        connection.execute(facts.insert().values(name=_RESTORED, value=now.isoformat()))


def mark_restored(database: Database, now: datetime) -> None:
    """Say that this database is a copy taken before ``now``: everybody in it may have changed upstream since.

    From the first transaction on, nobody comes in who is certain. The second one may wait for persons, so it must not
    have the ties, for which whoever has a person may wait.
    """
    with database.writing() as connection:
        one_at_a_time(connection, Lock.TIES)
        _forget(connection)
        connection.execute(facts.insert().values(name=_RESTORED, value=now.isoformat()))
    with database.writing() as connection:
        connection.execute(sa.select(persons.c.id).order_by(persons.c.id).with_for_update(key_share=True)).all()
        connection.execute(persons.update().values(uncertain=True))


def restored_since(database: Database) -> datetime | None:
    """Return when this database was said to be a copy (or a key was given up), if nobody has ended it since."""
    with database.reading() as connection:
        since = connection.execute(sa.select(facts.c.value).where(facts.c.name == _RESTORED)).scalar()
    return datetime.fromisoformat(since) if since else None


def to_be_looked_up(database: Database) -> int:
    """Return how many persons are looked up before anything is sent for them."""
    with database.reading() as connection:
        counted = sa.select(sa.func.count()).select_from(persons).where(persons.c.uncertain)
        return connection.execute(counted).scalar_one()


def unmark_restored(database: Database) -> bool:
    """Trust this database again: whoever is new is created at once. False if it was trusted already."""
    with database.writing() as connection:
        one_at_a_time(connection, Lock.TIES)
        return _forget(connection)


def _forget(connection: sa.Connection) -> bool:
    return connection.execute(facts.delete().where(facts.c.name == _RESTORED)).rowcount > 0

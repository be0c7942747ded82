"""Who was erased, as salted hashes: enough to recognise an old event of theirs, too little to say who it was.

The salt is made once per database. It keeps the hashes of two bridges apart; whoever has the whole
database can still try out e-mail addresses one by one, and learns from a hit that this one was erased.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from app.store.inbox import insert_into
from app.store.tables import facts, tombstones

_SALT = "tombstone salt"

Key = tuple[str, str, str]  # org, kind, value


@dataclass(frozen=True)
class Forgotten:
    """Who was erased, as it can leave a database: its salts, and the hashes of identities, with when."""

    salts: frozenset[bytes] = frozenset()
    erased: Mapping[str, datetime] = field(default_factory=dict)

    def when(self, key: Key) -> datetime | None:
        """Return when an identity was erased, last; None if it was not."""
        found = (self.erased.get(_name(salt, key)) for salt in self.salts)
        return max((at for at in found if at), default=None)

    def __or__(self, other: "Forgotten") -> "Forgotten":
        newest = dict(sorted([*self.erased.items(), *other.erased.items()], key=lambda each: each[1]))
        return Forgotten(self.salts | other.salts, newest)


def bury(connection: sa.Connection, times: Mapping[Key, datetime]) -> None:
    """Remember of each identity that it was erased, and when."""
    salt = _salt(connection) or _make_salt(connection)
    _write(connection, {_name(salt, key): at for key, at in times.items()})


def erased(connection: sa.Connection, keys: Iterable[Key]) -> Mapping[Key, datetime]:
    """Return those of ``keys`` that were erased, with when."""
    salts = _salts(connection)
    if not salts:  # nobody ever was
        return {}
    names = {_name(salt, key): key for key in keys for salt in salts}
    found = sa.select(tombstones).where(tombstones.c.name.in_(sorted(names))).order_by(tombstones.c.erased_at)
    return {names[row.name]: row.erased_at for row in connection.execute(found)}


def forgotten(connection: sa.Connection) -> Forgotten:
    """Return who was erased, as it can leave this database."""
    rows = connection.execute(sa.select(tombstones))
    return Forgotten(frozenset(_salts(connection)), {row.name: row.erased_at for row in rows})


def remember(connection: sa.Connection, others: Forgotten) -> None:
    """Remember who was erased in another database, too: its hashes are made with its own salts."""
    for salt in sorted(others.salts.difference(_salts(connection))):
        values = {"name": f"{_SALT} {salt.hex()[:16]}", "value": salt.hex()}
        connection.execute(insert_into(connection.dialect, facts).values(values).on_conflict_do_nothing())
    _write(connection, others.erased)


def _write(connection: sa.Connection, named: Mapping[str, datetime]) -> None:
    insert = insert_into(connection.dialect, tombstones)
    later = insert.excluded.erased_at > tombstones.c.erased_at
    again = insert.on_conflict_do_update(
        index_elements=["name"], set_={"erased_at": insert.excluded.erased_at}, where=later
    )
    if rows := [{"name": name, "erased_at": named[name]} for name in sorted(named)]:
        connection.execute(again, rows)


def _name(salt: bytes, key: Key) -> str:
    return hmac.new(salt, json.dumps(key).encode(), hashlib.sha256).hexdigest()


def _salt(connection: sa.Connection) -> bytes | None:
    found = connection.execute(sa.select(facts.c.value).where(facts.c.name == _SALT)).scalar()
    return bytes.fromhex(found) if found else None


def _salts(connection: sa.Connection) -> list[bytes]:
    """This database's own, and those of databases whose erasures it remembers."""
    found = sa.select(facts.c.value).where(facts.c.name.startswith(_SALT)).order_by(facts.c.name)
    return [bytes.fromhex(value) for value in connection.execute(found).scalars()]


def _make_salt(connection: sa.Connection) -> bytes:
    values = {"name": _SALT, "value": secrets.token_hex(32)}
    connection.execute(insert_into(connection.dialect, facts).values(values).on_conflict_do_nothing())
    salt = _salt(connection)  # another process may have been quicker
    assert salt
    return salt

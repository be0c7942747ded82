"""Who was erased, as salted hashes: enough to recognise an old event of theirs, too little to say who it was.

The salt is made once per database. It keeps the hashes of two bridges apart; whoever has the whole
database can still try out e-mail addresses one by one, and learns from a hit that this one was erased.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.store.tables import facts, tombstones

_SALT = "tombstone salt"

Key = tuple[str, str, str]  # org, kind, value


def bury(connection: sa.Connection, keys: Collection[Key], now: datetime) -> None:
    """Remember that these identities were erased at ``now``."""
    salt = _salt(connection) or _make_salt(connection)
    insert = _insert(connection, tombstones)
    again = insert.on_conflict_do_update(index_elements=["name"], set_={"erased_at": now})
    for name in sorted(_name(salt, key) for key in keys):
        connection.execute(again, {"name": name, "erased_at": now})


def erased(connection: sa.Connection, keys: Iterable[Key]) -> Mapping[Key, datetime]:
    """Return those of ``keys`` that were erased, with when."""
    salt = _salt(connection)
    if salt is None:  # nobody ever was
        return {}
    names = {_name(salt, key): key for key in keys}
    found = sa.select(tombstones).where(tombstones.c.name.in_(sorted(names)))
    return {names[row.name]: row.erased_at for row in connection.execute(found)}


def _name(salt: bytes, key: Key) -> str:
    return hmac.new(salt, json.dumps(key).encode(), hashlib.sha256).hexdigest()


def _salt(connection: sa.Connection) -> bytes | None:
    found = connection.execute(sa.select(facts.c.value).where(facts.c.name == _SALT)).scalar()
    return bytes.fromhex(found) if found else None


def _make_salt(connection: sa.Connection) -> bytes:
    values = {"name": _SALT, "value": secrets.token_hex(32)}
    connection.execute(_insert(connection, facts).values(values).on_conflict_do_nothing())
    salt = _salt(connection)  # another process may have been quicker
    assert salt
    return salt


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)

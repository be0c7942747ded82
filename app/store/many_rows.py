"""An INSERT of many rows in as few statements as a database takes: what the ack path can afford.

SQLAlchemy's own way of inserting many rows with RETURNING writes the statement anew each time and runs every value
through its types, which costs three times as much. Here it writes the statement for one row, once;
the part for the row is repeated, and the values come as the driver wants them.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_AT_ONCE = 1_000  # rows a statement: SQLite may take 32,766 values in one, PostgreSQL 65,535
_ONE_ROW = re.compile(r"(?P<head>.*\bVALUES )(?P<row>\(.*\))(?P<tail> ON CONFLICT .*)", re.DOTALL)


class ManyRows:
    """``statement`` inserts one row of ``columns``, ON CONFLICT …; calling it inserts many."""

    def __init__(self, statement: sa.ClauseElement, dialect: sa.Dialect, columns: Sequence[str]) -> None:
        positional: sa.Dialect = sqlite.dialect()
        if dialect.name != "sqlite":
            positional = postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
        compiled = statement.compile(dialect=positional)
        assert list(getattr(compiled, "positiontup", ())) == list(columns), "the values come in the columns' order"
        found = _ONE_ROW.fullmatch(compiled.string)
        assert found
        head, row, tail = found["head"], found["row"], found["tail"]
        self._text = cache(lambda rows: head + ", ".join([row] * rows) + tail)

    def __call__(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> Sequence[sa.Row[Any]]:
        """Insert rows, each a tuple of the columns' values as the driver wants them; return what RETURNING gives."""
        found: list[sa.Row[Any]] = []
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            values = tuple(value for row in some for value in row)
            found += connection.exec_driver_sql(self._text(len(some)), values)
        return found
